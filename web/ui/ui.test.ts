import { createElement, type ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Button } from "./Button";
import { Card } from "./Card";
import { TextField } from "./Input";
import { panelAttributes, tabAfterKey, Tabs } from "./Tabs";

const draw = (element: ReactElement): string => renderToStaticMarkup(element);
const ignore = (): void => undefined;

describe("a button", () => {
  it("submits nothing unless it is told to", () => {
    expect(draw(createElement(Button, null, "Go"))).toContain('type="button"');
    expect(draw(createElement(Button, { type: "submit" }, "Go"))).toContain('type="submit"');
  });

  it("has its label for a tooltip where there is no text", () => {
    const bare = draw(createElement(Button, { icon: "close", label: "Close" }));
    expect(bare).toContain('aria-label="Close" title="Close"');
    expect(draw(createElement(Button, { label: "Run it" }, "Run"))).not.toContain("title");
  });

  it("says that it is busy, keeps the focus, and shows so in the icon's place", () => {
    const busy = draw(createElement(Button, { icon: "play", busy: true }, "Run"));
    expect(busy).toContain('aria-busy="true"');
    expect(busy).toContain('aria-disabled="true"');
    expect(busy).not.toMatch(/ disabled|<svg/u);
  });

  it("says whether it is down only when it can be", () => {
    expect(draw(createElement(Button, null, "Go"))).not.toContain("aria-pressed");
    expect(draw(createElement(Button, { pressed: false }, "Go"))).toContain('aria-pressed="false"');
  });
});

describe("a text field", () => {
  it("ties the label and the hint to the input", () => {
    const field = draw(createElement(TextField, { label: "Name", hint: "Any" }));
    const [, id = ""] = /<input[^>]* id="([^"]+)"/u.exec(field) ?? [];
    expect(field).toContain(`for="${id}"`);
    expect(field).toContain(`aria-describedby="${id}-note"`);
    expect(field).toContain('aria-invalid="false"');
  });

  it("reads out what is wrong in the hint's place", () => {
    const field = draw(createElement(TextField, { label: "Name", hint: "Any", error: "Too long" }));
    expect(field).toContain('role="alert">Too long<');
    expect(field).toContain('aria-invalid="true"');
    expect(field).not.toContain("Any");
  });
});

describe("a card", () => {
  it("is the element that its contents ask for", () => {
    expect(draw(createElement(Card, { as: "aside", "aria-label": "Course" }, "x"))).toMatch(
      /^<aside aria-label="Course".*>x<\/aside>$/u,
    );
  });
});

describe("tabs", () => {
  const tabs = [
    { id: 0, text: "One" },
    { id: 1, text: "Two", short: "2", mark: "has news" },
  ];
  const props = { name: "t", label: "Both", tabs, selected: 1, onSelect: ignore };

  it("can be reached at the selected one, which names its panel, and the panel it", () => {
    const markup = draw(createElement(Tabs<number>, props));
    expect(markup).toMatch(/id="t-tab-0"[^>]*aria-selected="false"[^>]*tabindex="-1"/u);
    expect(markup).toMatch(
      /id="t-tab-1"[^>]*aria-selected="true"[^>]*aria-controls="t-panel-1"[^>]*tabindex="0"/u,
    );
    expect(panelAttributes("t", 1)).toEqual({
      role: "tabpanel",
      id: "t-panel-1",
      "aria-labelledby": "t-tab-1",
    });
    expect(markup).toContain("has news");
  });

  it("have crosses only where they can be closed", () => {
    const closing = { label: (id: number) => `Close ${id}`, hint: "Delete", onClose: ignore };
    expect(draw(createElement(Tabs<number>, props))).not.toContain("Close");
    expect(draw(createElement(Tabs<number>, { ...props, closing }))).toContain('aria-label="Close 1"');
  });

  it("are gone through by the arrow keys, round the end", () => {
    expect(["ArrowLeft", "ArrowRight", "Home", "End", "x"].map((key) => tabAfterKey(key, 0, 3))).toEqual([
      2,
      1,
      0,
      2,
      undefined,
    ]);
    expect(tabAfterKey("ArrowRight", 2, 3)).toBe(0);
  });
});
