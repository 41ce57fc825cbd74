/** The colour of the browser's own bars: a `<meta>` knows no custom properties, so it gets the tokens' values. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";
import { parseTokens } from "./tokens";

const THEME_COLOUR =
  /(<meta name="theme-color" content=")var\(--([\w-]+)\)(" media="\(prefers-color-scheme: (light|dark)\)")/gu;

/** @param root the folder of the page's sources */
export function themeColour(root: string): Plugin {
  return {
    name: "drydock:theme-colour",
    transformIndexHtml: {
      order: "pre",
      handler: async (html) => putThemeColours(html, await readFile(join(root, "ui/tokens.css"), "utf8")),
    },
  };
}

/** @throws Error if a theme's tokens have no such colour */
export function putThemeColours(html: string, tokensCss: string): string {
  const tokens = parseTokens(tokensCss);
  return html.replace(
    THEME_COLOUR,
    (_, before: string, name: string, after: string, scheme: "light" | "dark") => {
      const colour = tokens[scheme].get(name);
      if (colour === undefined) throw new Error(`tokens.css has no --${name} in its ${scheme} theme`);
      return `${before}${colour}${after}`;
    },
  );
}
