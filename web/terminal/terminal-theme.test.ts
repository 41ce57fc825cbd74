import { describe, expect, it } from "vitest";
import { SEARCH_COLOURS, TERMINAL_THEMES, type ColourScheme } from "./terminal-theme";

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

describe.each(["light", "dark"] satisfies ColourScheme[])("the %s theme", (scheme) => {
  const theme = TERMINAL_THEMES[scheme];
  it.each(READ_AS_TEXT)("has %s at 4.5:1 on its background", (name) => {
    expect(contrast(theme[name] ?? "", theme.background ?? "")).toBeGreaterThanOrEqual(4.5);
  });

  it("reads on selections and search matches", () => {
    const { matchBackground, activeMatchBackground } = SEARCH_COLOURS[scheme];
    for (const background of [theme.selectionBackground, matchBackground, activeMatchBackground]) {
      expect(contrast(theme.foreground ?? "", background ?? "")).toBeGreaterThanOrEqual(4.5);
    }
  });
});
