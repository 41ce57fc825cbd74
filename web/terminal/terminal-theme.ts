/** The terminal's colours and fonts. xterm.js wants colours as values: they are read off the page's tokens. */
import type { ISearchDecorationOptions } from "@xterm/addon-search";
import type { ITheme } from "@xterm/xterm";

export type ColourScheme = "light" | "dark";

/** Gives a token's value by its name without the dashes. */
export type ReadToken = (name: string) => string;

/** Below this ratio xterm.js lifts or lowers a colour that a program has picked. */
export const MINIMUM_CONTRAST = 4.5;

/** The tokens of the theme that the page has at the moment. */
export function pageTokens(): ReadToken {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

export function terminalTheme(token: ReadToken): ITheme {
  const own = (name: string): string => token(`terminal-${name}`);
  const ink = own("ink");
  return {
    background: own("bg"),
    foreground: ink,
    cursor: token("accent"),
    cursorAccent: own("bg"),
    selectionBackground: own("selection"),
    selectionInactiveBackground: own("selection-inactive"),
    black: own("black"),
    red: token("bad"),
    green: token("good"),
    yellow: own("yellow"),
    blue: own("blue"),
    magenta: own("magenta"),
    cyan: token("accent"),
    white: own("white"),
    brightBlack: own("bright-black"),
    brightRed: own("bright-red"),
    brightGreen: own("bright-green"),
    brightYellow: own("bright-yellow"),
    brightBlue: own("bright-blue"),
    brightMagenta: own("bright-magenta"),
    brightCyan: own("bright-cyan"),
    brightWhite: own("bright-white"),
    scrollbarSliderBackground: `${ink}33`,
    scrollbarSliderHoverBackground: `${ink}55`,
    scrollbarSliderActiveBackground: `${ink}77`,
  };
}

export function searchColours(token: ReadToken): ISearchDecorationOptions {
  return {
    matchBackground: token("terminal-match"),
    matchOverviewRuler: token("terminal-match-mark"),
    activeMatchBackground: token("terminal-match-now"),
    activeMatchBorder: token("signal"),
    activeMatchColorOverviewRuler: token("terminal-match-now-mark"),
  };
}

/** Fonts with a fixed width first from the systems themselves, then ones that have Chinese at twice that width. */
export const TERMINAL_FONTS = [
  "ui-monospace",
  '"Cascadia Mono"',
  '"SF Mono"',
  "Menlo",
  "Consolas",
  '"DejaVu Sans Mono"',
  '"Noto Sans Mono"',
  '"Sarasa Mono SC"',
  '"Noto Sans Mono CJK SC"',
  '"PingFang SC"',
  '"Microsoft YaHei"',
  "monospace",
].join(", ");
