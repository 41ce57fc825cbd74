/** A lesson's words as the page draws them: a closed list of nodes, named as in mdast. Made by to-prose.ts. */

/** Something that the learner does with one click, and `lessons:verify` without. */
export type Action =
  | {
      readonly type: "run";
      readonly command: string;
      readonly terminal: TerminalNumber;
      /** Typed into the program that the block before has left running. */
      readonly inside: boolean;
      /** The command does not come back to the prompt by itself. */
      readonly stays: boolean;
    }
  | { readonly type: "file"; readonly path: string; readonly text: string; readonly mode: string }
  /** What is written into a question's field. */
  | { readonly type: "answer"; readonly id: string; readonly text: string }
  | { readonly type: "keys"; readonly keys: readonly string[]; readonly terminal: TerminalNumber };

export type TerminalNumber = 1 | 2 | 3;

/** Prose with its code blocks. */
export type Prose = readonly ProseNode[];

export type ProseNode = TextNode | BreakNode | ParentNode | ListNode | LinkNode | ImageNode | CodeNode;

interface TextNode {
  readonly type: "text" | "inlineCode";
  readonly value: string;
}

interface BreakNode {
  readonly type: "break" | "thematicBreak";
}

/** The nodes that have nothing but children. A table's first row is its head. */
export const PARENT_TYPES = [
  "paragraph",
  "strong",
  "emphasis",
  "blockquote",
  "listItem",
  "heading",
  "table",
  "tableRow",
  "tableCell",
] as const;

interface ParentNode {
  readonly type: (typeof PARENT_TYPES)[number];
  readonly children: Prose;
}

interface ListNode {
  readonly type: "list";
  /** The first number; none: a list with bullets. */
  readonly start?: number | undefined;
  readonly children: Prose;
}

interface LinkNode {
  readonly type: "link";
  readonly url: string;
  readonly children: Prose;
}

interface ImageNode {
  readonly type: "image";
  readonly url: string;
  readonly alt: string;
}

export interface CodeNode {
  readonly type: "code";
  readonly value: string;
  /** What the block does when it is clicked; none: it is only read. */
  readonly action?: Action | undefined;
  /** What the learner will see; not to be copied. */
  readonly output: boolean;
}

/** Every action of a piece of prose, in order, those in lists and quotes too. */
export function actionsOf(body: Prose): Action[] {
  return body.flatMap((node) => {
    if (node.type === "code") return node.action === undefined ? [] : [node.action];
    return "children" in node ? actionsOf(node.children) : [];
  });
}
