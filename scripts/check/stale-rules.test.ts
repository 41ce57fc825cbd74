import { expect, it } from "vitest";
import { branchesOf, checkRules, findStaleRules } from "./stale-rules";

const FILES = ["worker/disk/disk.ts", "worker/lan/lan.ts", "worker/main.ts", "web/app/main.ts"];

function stale(path: string, pathNot?: string): string[] {
  return findStaleRules({ forbidden: [{ name: "rule", from: { path }, to: { pathNot } }] }, FILES);
}

it.each([
  ["^worker/", ["^worker/"]],
  ["^a/(b|c)/", ["^a/b/", "^a/c/"]],
  ["^a/(b|c/(d|e))\\.ts$|\\.test\\.ts$", ["^a/b\\.ts$", "^a/c/d\\.ts$", "^a/c/e\\.ts$", "\\.test\\.ts$"]],
  ["^(a|b)/(c|d)/", ["^a/c/", "^a/d/", "^b/c/", "^b/d/"]],
  ["^a/(?!b|c)", ["^a/(?!b|c)"]],
  ["a\\(b\\|c", ["a\\(b\\|c"]],
])("the ways through %s", (pattern, branches) => {
  expect(branchesOf(pattern)).toEqual(branches);
});

it("passes a rule whose every folder and file is there", () => {
  expect(stale("^worker/(disk|lan)/|^worker/main\\.ts$", "^worker/$1/")).toEqual([]);
});

it("names the rule and the folder that is gone", () => {
  expect(stale("^worker/(disk|storage)/")).toEqual(["rule: no file is ^worker/storage/"]);
});

it("names a file that is gone, in an exception too", () => {
  expect(stale("^web/", "^worker/(main|own-name)\\.ts$")).toEqual([
    "rule: no file is ^worker/own-name\\.ts$",
  ]);
});

it("passes over what is a query of Vite's", () => {
  expect(stale("^web/", "\\?url$")).toEqual([]);
});

it("finds no stale rule in this repository", async () => {
  expect(await checkRules()).toEqual([]);
});
