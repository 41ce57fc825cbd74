/** The addresses in a style sheet (CSS Syntax 3 §4.3.6, CSS Cascade 5 §2): found, and put in place. */

/**
 * A comment, `@import "..."`, `url(...)` with or without quotes, or a string. Comments and strings may be without an
 * end, so that odd input is gone through once and not once from each of its characters.
 */
const PART =
  /\/\*[^]*?(?:\*\/|$)|(@import\s+)("(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*')|url\(\s*("(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|(?:[^)\s"'(\\]|\\[0-9a-f]{1,6}\s?|\\.)*)\s*\)|"(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?/giu;

export interface CssAddress {
  readonly text: string;
  /** Another style sheet, and not an image or a font. */
  readonly isSheet: boolean;
}

/** `true` where there is anything to put in place. */
export function hasAddresses(css: string): boolean {
  return /url\(|@import/iu.test(css);
}

/** `resolve` gives the address to put in place of another; undefined leaves it. */
export async function rewriteCss(
  css: string,
  resolve: (address: CssAddress) => Promise<string | undefined>,
): Promise<string> {
  const parts: Promise<string>[] = [];
  let from = 0;
  for (const match of css.matchAll(PART)) {
    const [whole, atImport, importText, urlText] = match;
    const between = css.slice(from, match.index);
    parts.push(Promise.resolve(between));
    from = match.index + whole.length;
    if (atImport !== undefined && importText !== undefined) {
      parts.push(replace(whole, { text: unquote(importText), isSheet: true }, (to) => `${atImport}"${to}"`));
    } else if (urlText !== undefined) {
      const isSheet = /@import\s*$/iu.test(between);
      parts.push(replace(whole, { text: unquote(urlText), isSheet }, (to) => `url("${to}")`));
    } else {
      parts.push(Promise.resolve(whole));
    }
  }
  parts.push(Promise.resolve(css.slice(from)));
  return (await Promise.all(parts)).join("");

  async function replace(whole: string, address: CssAddress, write: (to: string) => string): Promise<string> {
    // A fragment is of this document; data and blobs are here already.
    if (address.text === "" || /^(?:#|data:|blob:|about:)/iu.test(address.text)) return whole;
    const to = await resolve(address);
    return to === undefined ? whole : write(to);
  }
}

/** Without quotes and escapes (§4.3.7). */
function unquote(text: string): string {
  const inner = /^["']/u.test(text) ? text.slice(1, -1) : text;
  return inner
    .replace(/\\([0-9a-f]{1,6})\s?/giu, (_, digits: string) => {
      const code = parseInt(digits, 16);
      return code === 0 || code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
    })
    .replace(/\\\n/gu, "")
    .replace(/\\(.)/gu, "$1")
    .trim();
}
