import { describe, expect, it } from "vitest";
import { RowCounter } from "./touch-scroll";

describe("RowCounter", () => {
  it("adds small movements up to rows and loses none", () => {
    const counter = new RowCounter();
    const rows = Array.from({ length: 34 }, () => counter.move(5, 17));
    expect(rows.reduce((sum, value) => sum + value, 0)).toBe(10);
    expect(Math.max(...rows)).toBe(1);
  });

  it("goes both ways and starts afresh with each touch", () => {
    const counter = new RowCounter();
    expect(counter.move(-40, 17)).toBe(-2);
    expect(counter.move(-11, 17)).toBe(-1);
    counter.move(16, 17);
    counter.start();
    expect(counter.move(16, 17)).toBe(0);
  });

  it("stays still while nothing has a height yet", () => {
    expect(new RowCounter().move(100, 0)).toBe(0);
    expect(new RowCounter().move(100, Number.NaN)).toBe(0);
  });
});
