import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { appManifest } from "./app-manifest";
import { putThemeColours } from "./theme-colour";
import { parseTokens } from "./tokens";

const textOf = (file: string): string => readFileSync(join(import.meta.dirname, "..", file), "utf8");
const css = textOf("ui/tokens.css");
const { light, dark } = parseTokens(css);

describe("the tokens", () => {
  it("have every colour in both themes, but for what is the same in both", () => {
    const themed = [...light].filter(([, value]) => /^#|^rgb/u.test(value)).map(([name]) => name);
    const same = themed.filter((name) => dark.get(name) === light.get(name));
    expect(same.filter((name) => !["page", "on-accent", "on-bad"].includes(name))).toEqual([]);
    expect([...dark.keys()].filter((name) => !light.has(name))).toEqual([]);
  });

  it("colour the browser's bars", () => {
    const html = putThemeColours(textOf("index.html"), css);
    const colours = [...html.matchAll(/name="theme-color" content="([^"]+)"/gu)].map(([, colour]) => colour);
    expect(colours).toEqual([light.get("bg"), dark.get("bg")]);
  });

  it("are asked for colours that they have", () => {
    const meta = '<meta name="theme-color" content="var(--none)" media="(prefers-color-scheme: dark)" />';
    expect(() => putThemeColours(meta, css)).toThrow("tokens.css has no --none in its dark theme");
    expect(() => parseTokens("")).toThrow("no two themes");
  });

  it("colour the installed app", () => {
    expect(appManifest("en", [])).toMatchObject({
      background_color: light.get("bg"),
      theme_color: light.get("accent"),
    });
  });

  it("colour the mark in the browser's tab", () => {
    const used = textOf("app/mark.svg").match(/#[0-9a-f]{6}\b/gu) ?? [];
    const known = [...light.values(), ...dark.values()];
    expect(used.filter((colour) => !known.includes(colour))).toEqual([]);
  });
});
