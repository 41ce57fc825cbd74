/** What a kernel configuration says: `CONFIG_X` to its value; `n` stands for "is not set". */
export function parseKernelConfig(text: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const line of text.split("\n")) {
    const set = /^(CONFIG_\w+)=(.*)$/.exec(line);
    const unset = /^# (CONFIG_\w+) is not set$/.exec(line);
    if (set?.[1] !== undefined) options.set(set[1], set[2] ?? "");
    else if (unset?.[1] !== undefined) options.set(unset[1], "n");
  }
  return options;
}

/**
 * The options of the fragment that Kconfig did not take over, for instance because something that they depend on is
 * off: "CONFIG_X: wanted y, got n". Kconfig itself drops them without a word.
 */
export function findLostOptions(fragment: string, result: string): string[] {
  const got = parseKernelConfig(result);
  const lost: string[] = [];
  for (const [name, wanted] of parseKernelConfig(fragment)) {
    // An option that is invisible is not in the result at all, which is as good as "not set".
    const actual = got.get(name) ?? "n";
    if (actual !== wanted) lost.push(`${name}: wanted ${wanted}, got ${actual}`);
  }
  return lost;
}
