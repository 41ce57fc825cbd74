import { describe, expect, it } from "vitest";
import css from "../ui/tokens.css?raw";
import { searchColours, terminalTheme, type ReadToken } from "./terminal-theme";

const [light = "", dark = ""] = css.split(':root[data-theme="dark"]');

/** Each of a terminal's colours has to be in both themes. */
const readFrom =
  (theme: string): ReadToken =>
  (name) => {
    const [, value] = new RegExp(`--${name}: (#[0-9a-f]{6});`, "u").exec(theme) ?? [];
    if (value === undefined) throw new Error(`no colour --${name}`);
    return value;
  };

/** WCAG 2.2, "relative luminance" and "contrast ratio". */
function luminance(colour: string): number {
  const channels = [1, 3, 5].map((start) => {
    const value = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = channels;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const READ_AS_TEXT = [
  "foreground",
  "cursor",
  ...["red", "green", "yellow", "blue", "magenta", "cyan", "white"],
  ...["brightBlack", "brightRed", "brightGreen", "brightYellow", "brightBlue", "brightMagenta", "brightCyan"],
  "brightWhite",
] as const;

describe.each([
  ["light", readFrom(light)],
  ["dark", readFrom(dark)],
] as const)("the %s theme", (_, token) => {
  const theme = terminalTheme(token);
  it.each(READ_AS_TEXT)("has %s at 4.5:1 on its background", (name) => {
    expect(contrast(theme[name] ?? "", theme.background ?? "")).toBeGreaterThanOrEqual(4.5);
  });

  it("reads on selections and search matches", () => {
    const { matchBackground, activeMatchBackground } = searchColours(token);
    for (const background of [theme.selectionBackground, matchBackground, activeMatchBackground]) {
      expect(contrast(theme.foreground ?? "", background ?? "")).toBeGreaterThanOrEqual(4.5);
    }
  });
});
