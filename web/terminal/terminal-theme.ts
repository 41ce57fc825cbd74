/** The terminal's colours. Every one of the sixteen reads on its background at WCAG AA (4.5:1), but for the blacks and
 * whites that are meant to sit close to it. */
import type { ISearchDecorationOptions } from "@xterm/addon-search";
import type { ITheme } from "@xterm/xterm";

export type ColourScheme = "light" | "dark";

/** Below this ratio xterm.js lifts or lowers a colour that a program has picked. */
export const MINIMUM_CONTRAST = 4.5;

export const TERMINAL_THEMES: Readonly<Record<ColourScheme, ITheme>> = {
  light: {
    background: "#fbfcfc",
    foreground: "#1b2a35",
    cursor: "#0a6c78",
    cursorAccent: "#fbfcfc",
    selectionBackground: "#b9dfe3",
    selectionInactiveBackground: "#dde6e9",
    black: "#1b2a35",
    red: "#b3261e",
    green: "#1c6e3d",
    yellow: "#7f5700",
    blue: "#1d5bb0",
    magenta: "#8a2f8f",
    cyan: "#0a6c78",
    white: "#56656f",
    brightBlack: "#56656f",
    brightRed: "#c22d24",
    brightGreen: "#217a45",
    brightYellow: "#8d6100",
    brightBlue: "#2a69c2",
    brightMagenta: "#9a3da0",
    brightCyan: "#0b7583",
    brightWhite: "#3d4c57",
    scrollbarSliderBackground: "#1b2a3533",
    scrollbarSliderHoverBackground: "#1b2a3555",
    scrollbarSliderActiveBackground: "#1b2a3577",
  },
  dark: {
    background: "#0c141b",
    foreground: "#dbe5eb",
    cursor: "#56c8d4",
    cursorAccent: "#0c141b",
    selectionBackground: "#24505a",
    selectionInactiveBackground: "#22323d",
    black: "#22323d",
    red: "#ff8a80",
    green: "#7fd8a0",
    yellow: "#f2c46d",
    blue: "#83b8ff",
    magenta: "#dfa0e8",
    cyan: "#56c8d4",
    white: "#c3d0d8",
    brightBlack: "#8497a3",
    brightRed: "#ffa79f",
    brightGreen: "#9ee6b8",
    brightYellow: "#ffd98f",
    brightBlue: "#a8ceff",
    brightMagenta: "#ecbdf2",
    brightCyan: "#86dde6",
    brightWhite: "#f4f8fa",
    scrollbarSliderBackground: "#dbe5eb26",
    scrollbarSliderHoverBackground: "#dbe5eb44",
    scrollbarSliderActiveBackground: "#dbe5eb66",
  },
};

export const SEARCH_COLOURS: Readonly<Record<ColourScheme, ISearchDecorationOptions>> = {
  light: {
    matchBackground: "#ffe3b8",
    matchOverviewRuler: "#c98a2b",
    activeMatchBackground: "#ffb454",
    activeMatchBorder: "#b8440b",
    activeMatchColorOverviewRuler: "#c2470c",
  },
  dark: {
    matchBackground: "#4a3a1c",
    matchOverviewRuler: "#b98a3e",
    activeMatchBackground: "#8a5a12",
    activeMatchBorder: "#ffa066",
    activeMatchColorOverviewRuler: "#ffb067",
  },
};

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
