/** Which cases are to run. */
import type { Case } from "./case";

/** Levenshtein's distance: how many letters must be added, removed or changed. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

const SUGGESTIONS = 3;

/** The ids that are most like a mistyped one: those that begin with it, then those with the fewest other letters. */
export function nearestIds(wrong: string, ids: readonly string[]): string[] {
  const score = (id: string): number => (wrong !== "" && id.startsWith(wrong) ? 0 : editDistance(wrong, id));
  return [...ids].sort((a, b) => score(a) - score(b)).slice(0, SUGGESTIONS);
}

/** @throws Error that names the nearest ids, when one of `only` is none */
export function selectCases(
  cases: readonly Case[],
  { only, subset }: { only: readonly string[]; subset: boolean },
): Case[] {
  const ids = cases.map(({ id }) => id);
  for (const id of only) {
    if (!ids.includes(id)) {
      throw new Error(`there is no row "${id}". Nearest: ${nearestIds(id, ids).join(", ")}`);
    }
  }
  return cases.filter((each) => (only.length === 0 ? !subset || each.subset : only.includes(each.id)));
}
