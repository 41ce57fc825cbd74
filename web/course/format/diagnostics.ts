/** What is wrong in a lesson, said so that its author finds and mends it: file, line, and what was probably meant. */

export interface Diagnostic {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string;
}

/** Gathers the diagnostics of one file. */
export class Findings {
  readonly file: string;
  readonly list: Diagnostic[] = [];

  constructor(file: string) {
    this.file = file;
  }

  add(line: number, message: string, suggestion?: string): void {
    this.list.push({ file: this.file, line, message, ...(suggestion === undefined ? {} : { suggestion }) });
  }
}

/** `file:line: message (did you mean "x"?)`, which editors and CI logs make a link of. */
export function formatDiagnostic({ file, line, message, suggestion }: Diagnostic): string {
  return `${file}:${line}: ${message}${suggestion === undefined ? "" : ` (did you mean "${suggestion}"?)`}`;
}

/** The candidate that is the fewest edits away, if those are few enough to be a slip. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 2)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
export function editDistance(left: string, right: string): number {
  const a = Array.from(left);
  const b = Array.from(right);
  const rows: number[][] = [b.map((_, column) => column).concat(b.length)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const above = rows[i - 1] ?? [];
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, at(rows[i - 2] ?? [], j - 2) + 1);
      }
      row.push(distance);
    }
    rows.push(row);
  }
  return at(rows[a.length] ?? [], b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
