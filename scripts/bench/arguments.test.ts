import { expect, it } from "vitest";
import { readArguments } from "./arguments";

const read = (...args: string[]): ReturnType<typeof readArguments> =>
  readArguments(args, ["one", "two"], ["one"]);

it("measures everything, and nothing else, without flags", () => {
  expect(read()).toEqual({
    json: undefined,
    only: undefined,
    list: false,
    runs: 20,
    throttle: 1,
    peer: false,
    profile: false,
    check: false,
    strictTimes: false,
  });
  expect(read("--only", "one", "--only", "two", "--peer", "--throttle", "4")).toMatchObject({
    only: ["one", "two"],
    peer: true,
    throttle: 4,
  });
  expect(read("--only", "none", "--profile")).toMatchObject({ only: ["none"], profile: true });
});

it.each([
  [["--only", "three"], /no such figure: three/],
  [["--runs", "0"], /--runs needs a number from 1/],
  [["--throttle", "1.5"], /--throttle needs a number from 1/],
  [["--peer", "--only", "none"], /--peer compares one alone/],
  [["--peer", "--only", "two"], /--peer compares one alone/],
  [["--strict-times"], /goes with --check/],
  [["--fast"], /--fast/],
  [["one"], /one/],
])("refuses %j", (args, message) => {
  expect(() => read(...args)).toThrow(message);
});
