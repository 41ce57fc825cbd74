import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findLostOptions, parseKernelConfig } from "./config";

describe("parseKernelConfig", () => {
  it("reads values, strings and what is not set, and ignores comments", () => {
    const text = '# a comment\nCONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C="x=y"\nCONFIG_D=12\nnonsense\n';
    expect([...parseKernelConfig(text)]).toEqual([
      ["CONFIG_A", "y"],
      ["CONFIG_B", "n"],
      ["CONFIG_C", '"x=y"'],
      ["CONFIG_D", "12"],
    ]);
  });
});

describe("findLostOptions", () => {
  it("names what Kconfig dropped or changed", () => {
    const fragment = 'CONFIG_A=y\nCONFIG_B=y\n# CONFIG_C is not set\nCONFIG_D="one"\n# CONFIG_E is not set\n';
    const result = 'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=y\nCONFIG_D="two"\n';
    expect(findLostOptions(fragment, result)).toEqual([
      "CONFIG_B: wanted y, got n",
      "CONFIG_C: wanted n, got y",
      'CONFIG_D: wanted "one", got "two"',
    ]);
  });

  it("is content when everything is there, and with what is not visible", () => {
    expect(findLostOptions("CONFIG_A=y\n# CONFIG_B is not set\n", "CONFIG_A=y\n")).toEqual([]);
  });
});

it("asks for no option twice", async () => {
  const fragment = await readFile(join(import.meta.dirname, "drydock.config"), "utf8");
  const names = [...fragment.matchAll(/^(?:# )?(CONFIG_\w+)(?:=| is not set)/gm)].map((match) => match[1]);
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
