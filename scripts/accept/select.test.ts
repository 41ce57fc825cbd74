import { describe, expect, it } from "vitest";
import { parseCases, run } from "./case";
import { takeNext } from "./queue";
import { editDistance, nearestIds, selectCases } from "./select";

const steps = [run("true", { sees: "x" })];
const cases = parseCases([
  { id: "stop-web", subset: true, steps },
  { id: "stop-t", steps },
  { id: "rm-web", steps },
]);

describe("selectCases", () => {
  it("takes all, the subset, or what is named", () => {
    const ids = (only: string[], subset: boolean) => selectCases(cases, { only, subset }).map(({ id }) => id);
    expect(ids([], false)).toEqual(["stop-web", "stop-t", "rm-web"]);
    expect(ids([], true)).toEqual(["stop-web"]);
    expect(ids(["rm-web", "stop-t"], false)).toEqual(["stop-t", "rm-web"]);
  });

  it("names the nearest ids for one that is not there", () => {
    expect(() => selectCases(cases, { only: ["stop-wbe"], subset: false })).toThrow(
      'there is no row "stop-wbe". Nearest: stop-web, stop-t, rm-web',
    );
  });
});

describe("nearestIds", () => {
  it("prefers those that begin with what was typed", () => {
    expect(nearestIds("upd", ["up", "update-cpu", "pd"])[0]).toBe("update-cpu");
    expect(nearestIds("", ["a-long-one", "b"])[0]).toBe("b");
  });

  it.each([
    ["", "abc", 3],
    ["abc", "abc", 0],
    ["kitten", "sitting", 3],
    ["abc", "", 3],
  ])("the distance of %s and %s is %i", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });
});

describe("parseCases", () => {
  it.each([
    ["no steps", { id: "x", steps: [] }],
    ["an unknown field", { id: "x", steps, skip: true }],
    ["a reason that gives none", { id: "x", steps, because: "so" }],
    ["an empty pattern", { id: "x", steps: [run("true", { sees: "" })] }],
    ["a relative path", { id: "x", steps: [{ kind: "write" as const, path: "x", text: "" }] }],
  ])("refuses %s and names the case", (_, input) => {
    expect(() => parseCases([input])).toThrow(/case "x"/);
  });
});

describe("takeNext", () => {
  const queue = () =>
    parseCases([
      { id: "plain", steps },
      { id: "with-nginx", images: ["nginx"], steps },
      { id: "plain-too", steps },
      { id: "nginx-too", images: ["nginx"], steps },
      { id: "nginx-three", images: ["nginx"], steps },
    ]);

  it("stays with the images that the machine has", () => {
    const all = queue();
    const order: string[] = [];
    for (let each = takeNext(all, undefined); each !== undefined; each = takeNext(all, each))
      order.push(each.id);
    expect(order).toEqual(["with-nginx", "nginx-too", "nginx-three", "plain", "plain-too"]);
    expect(all).toEqual([]);
  });
});
