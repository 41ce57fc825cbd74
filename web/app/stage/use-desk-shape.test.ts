import { expect, it } from "vitest";
import { deskShape } from "./use-desk-shape";

it("a desk has two panes where there is room for two", () => {
  expect(deskShape(1200, 1280)).toBe("row");
  expect(deskShape(700, 1280)).toBe("column");
  expect(deskShape(390, 390)).toBe("tabs");
});
