import { describe, expect, it } from "vitest";
import { divide, type Load } from "./divide";

const load = (items: string, weight: number, brief = false): Load<string> => ({
  items: items.split(" "),
  weight,
  brief,
});

describe("divide", () => {
  it("gives each lane about as much, and keeps the order and what belongs together", () => {
    expect(divide([load("a", 1), load("b c", 5), load("d", 2), load("e", 2)], 2)).toEqual([
      ["b", "c"],
      ["a", "d", "e"],
    ]);
  });

  it("divides what is part of npm test evenly by itself", () => {
    const loads = [load("a", 9), load("b", 1, true), load("c", 1, true), load("d", 9)];
    expect(divide(loads, 2)).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  });

  it("leaves a lane empty when there is less than one thing for each", () => {
    expect(divide([load("a", 1)], 2)).toEqual([["a"], []]);
  });
});
