/** Holds the style sheets to the components beside them, which TypeScript does not: every class is some `string` to it. */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const WEB = join(import.meta.dirname, "..");
const files = readdirSync(WEB, { recursive: true, encoding: "utf8" });
const sheets = files.filter((file) => file.endsWith(".module.css"));
const components = files.filter((file) => file.endsWith(".tsx"));

const textOf = (file: string): string => readFileSync(join(WEB, file), "utf8");

/** The classes that a sheet has, but for those of other sheets, in `:global()`. */
function classesOf(css: string): string[] {
  const bare = css.replace(/\/\*[^]*?\*\//gu, "").replace(/:global\([^)]*\)/gu, "");
  const selectors = [...bare.matchAll(/([^{};]+)\{/gu)].map(([, selector = ""]) => selector);
  const names = selectors
    .filter((selector) => !selector.trim().startsWith("@"))
    .flatMap((selector) => [...selector.matchAll(/\.([A-Za-z_][\w-]*)/gu)].map(([, name = ""]) => name));
  return [...new Set(names)].sort();
}

/** What a component takes of each sheet that it imports. `styles[name]` counts as taking all that `name` may be. */
function usesOf(file: string): { sheet: string; names: string[]; dynamic: boolean }[] {
  const source = textOf(file);
  return [...source.matchAll(/import (\w+) from "([^"]*\.module\.css)"/gu)].map(
    ([, variable = "", path = ""]) => ({
      sheet: join(dirname(file), path),
      names: [...source.matchAll(new RegExp(`\\b${variable}\\.(\\w+)`, "gu"))].map(([, name = ""]) => name),
      dynamic: new RegExp(`\\b${variable}\\[`, "u").test(source),
    }),
  );
}

const uses = components.flatMap(usesOf);

describe("the style sheets", () => {
  it.each(sheets)("%s has the classes that components take of it, and no others", (file) => {
    const own = uses.filter(({ sheet }) => sheet === file);
    const has = classesOf(textOf(file));
    const taken = new Set(own.flatMap(({ names }) => names));
    expect([...taken].filter((name) => !has.includes(name))).toEqual([]);
    const unused = has.filter((name) => !taken.has(name));
    if (!own.some(({ dynamic }) => dynamic)) expect(unused).toEqual([]);
  });

  it.each(sheets)("%s takes its colours from the tokens", (file) => {
    const css = textOf(file).replace(/\/\*[^]*?\*\//gu, "");
    expect(css.match(/#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch)a?\(/giu) ?? []).toEqual([]);
  });
});
