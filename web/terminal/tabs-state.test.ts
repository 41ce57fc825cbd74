import { describe, expect, it } from "vitest";
import { canOpenTab, closeTab, FIRST_TAB, markOutput, openTab, showTab } from "./tabs-state";

const three = openTab(openTab(FIRST_TAB));

describe("tabs", () => {
  it("open up to three, each shown as it opens", () => {
    expect(openTab(FIRST_TAB)).toEqual({ open: [0, 1], active: 1, unread: [] });
    expect(three).toEqual({ open: [0, 1, 2], active: 2, unread: [] });
    expect(canOpenTab(three)).toBe(false);
    expect(openTab(three)).toBe(three);
  });

  it("open in the gap that a closed one has left, in order", () => {
    const gap = closeTab(three, 1);
    expect(gap.open).toEqual([0, 2]);
    expect(openTab(gap)).toEqual({ open: [0, 1, 2], active: 1, unread: [] });
    expect(showTab(FIRST_TAB, 2)).toEqual({ open: [0, 2], active: 2, unread: [] });
  });

  it("close towards the right neighbour, then the left; the last one stays", () => {
    expect(closeTab(showTab(three, 1), 1)).toMatchObject({ open: [0, 2], active: 2 });
    expect(closeTab(three, 2)).toMatchObject({ open: [0, 1], active: 1 });
    expect(closeTab(three, 0)).toMatchObject({ open: [1, 2], active: 2 });
    expect(closeTab(FIRST_TAB, 0)).toBe(FIRST_TAB);
    expect(closeTab(FIRST_TAB, 2)).toBe(FIRST_TAB);
  });

  it("out of sight are marked by output until they are shown or closed", () => {
    const marked = markOutput(markOutput(three, 0), 0);
    expect(marked.unread).toEqual([0]);
    expect(showTab(marked, 0).unread).toEqual([]);
    expect(closeTab(marked, 0).unread).toEqual([]);
    expect(markOutput(three, 2)).toBe(three);
    expect(markOutput(FIRST_TAB, 1)).toBe(FIRST_TAB);
  });
});
