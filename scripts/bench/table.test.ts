import { expect, it } from "vitest";
import { renderTable } from "./table";

it("aligns columns", () => {
  expect(
    renderTable([
      ["a", "bb"],
      ["ccc", "d"],
      ["e", ""],
    ]),
  ).toEqual(["a    bb", "ccc   d", "e"]);
});
