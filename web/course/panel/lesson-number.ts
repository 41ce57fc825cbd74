/** The numbers by which lessons are told apart: the beginning of their ids, "22-networks". */

/** A lesson's number, without leading zeros; undefined for an id without one. */
export function numberOf(id: string): string | undefined {
  return /^0*(\d+)-/u.exec(id)?.[1];
}

/** A piece of a text: words, or words that name a lesson of the course. */
export interface Mention {
  readonly text: string;
  readonly id?: string;
}

/** "第 22 课" and "lesson 22" in a text, where there is such a lesson. The pieces make up the whole text. */
export function mentionsOf(text: string, ids: readonly string[]): Mention[] {
  const byNumber = new Map(ids.map((id) => [numberOf(id), id]));
  const pieces: Mention[] = [];
  let end = 0;
  for (const match of text.matchAll(/第 ?(\d{1,3}) ?课|lesson (\d{1,3})\b/giu)) {
    const id = byNumber.get(String(Number(match[1] ?? match[2])));
    if (id === undefined) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: match[0], id });
    end = match.index + match[0].length;
  }
  if (end < text.length || pieces.length === 0) pieces.push({ text: text.slice(end) });
  return pieces;
}
