/** What `web/ui/tokens.css` says, for what is built or tested where there is no browser. */
export interface Tokens {
  /** By name, without the dashes. */
  readonly light: ReadonlyMap<string, string>;
  /** The light ones with what the dark theme changes. */
  readonly dark: ReadonlyMap<string, string>;
}

export function parseTokens(css: string): Tokens {
  const bare = css.replace(/\/\*[^]*?\*\//gu, "");
  const [light, dark] = [...bare.matchAll(/:root[^{]*\{([^}]*)\}/gu)].map(([, body = ""]) =>
    [...body.matchAll(/--([\w-]+):\s*([^;]+);/gu)].map(
      ([, name = "", value = ""]) => [name, value.trim()] as const,
    ),
  );
  if (light === undefined || dark === undefined) throw new Error("tokens.css has no two themes");
  return { light: new Map(light), dark: new Map([...light, ...dark]) };
}
