/** Markdown with tables, cut into frontmatter and sections. Lines are those of the file. */
import type { Heading, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmTable } from "micromark-extension-gfm-table";

export interface Part {
  /** The heading that it stands under; undefined before the first. */
  readonly heading: string | undefined;
  readonly depth: number;
  readonly line: number;
  readonly nodes: readonly RootContent[];
}

export interface MarkdownFile {
  readonly frontmatter: string | undefined;
  /** In order, cut at each heading of the levels 1 to 3. */
  readonly parts: readonly Part[];
}

const FENCE = /^---[ \t]*\r?\n/u;

/** Never throws: any text is Markdown. */
export function readMarkdown(text: string): MarkdownFile {
  const clean = text.replace(/^\uFEFF/u, "").replace(/\r\n?/gu, "\n");
  const frontmatter = readFrontmatter(clean);
  // Blank lines in place of the frontmatter keep the numbers of the lines.
  const skipped = frontmatter === undefined ? "" : "\n".repeat(frontmatter.split("\n").length + 1);
  const body = frontmatter === undefined ? clean : skipped + clean.slice(frontmatter.length + 8);
  const { children } = fromMarkdown(body, {
    extensions: [gfmTable()],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
  const parts: { heading: string | undefined; depth: number; line: number; nodes: RootContent[] }[] = [
    { heading: undefined, depth: 0, line: 1, nodes: [] },
  ];
  for (const node of children) {
    if (node.type === "heading" && node.depth <= 3) {
      parts.push({ heading: plainText(node), depth: node.depth, line: lineOf(node), nodes: [] });
    } else {
      parts.at(-1)?.nodes.push(node);
    }
  }
  return { frontmatter, parts };
}

/** The text between the two `---`, each line ended; its first line is the file's second. */
function readFrontmatter(text: string): string | undefined {
  if (!FENCE.test(text)) return undefined;
  const end = text.indexOf("\n---\n", 3);
  const closing = end === -1 && text.endsWith("\n---") ? text.length - 4 : end;
  return closing === -1 ? undefined : text.slice(4, closing + 1);
}

/** The line, from 1, at which a node begins. */
export function lineOf(node: RootContent): number {
  return node.position?.start.line ?? 1;
}

/** A node's text without its markup. */
function plainText(node: RootContent | Heading): string {
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map((child) => plainText(child)).join("") : "";
}
