import { describe, expect, it } from "vitest";
import { NO_PROGRESS, parseProgress } from "./progress";

const sound = {
  done: ["a/b"],
  place: { lesson: "a", step: "b" },
  values: { port: "80" },
  open: true,
  folded: true,
};

describe("parseProgress", () => {
  it("takes what is sound", () => {
    expect(parseProgress(sound)).toEqual(sound);
  });

  it.each([undefined, null, "x", [], 7])("makes nothing of %j", (stored) => {
    expect(parseProgress(stored)).toEqual(NO_PROGRESS);
  });

  it.each([
    ["done", [1]],
    ["done", "a/b"],
    ["values", { port: 80 }],
    ["open", "yes"],
    ["folded", 1],
  ] as const)("loses only %s when it is %j", (field, value) => {
    expect(parseProgress({ ...sound, [field]: value })).toEqual({ ...sound, [field]: NO_PROGRESS[field] });
  });

  it("loses only a place that is none", () => {
    expect(parseProgress({ ...sound, place: { lesson: "a" } })).toEqual({ ...sound, place: undefined });
  });
});
