/** What of the terminals outlives the page. */
import type { IBuffer } from "@xterm/xterm";
import { z } from "zod";
import { consoleIdSchema } from "../../contract/console-id";
import { CONSOLE_COUNT, type ConsoleId } from "../../contract/protocol";

/**
 * Rows of scrollback that are kept of each terminal. xterm.js serialises without a pause: these take some 30 ms, and all
 * that there may be would take five times that.
 */
export const KEPT_SCROLLBACK_ROWS = 2_000;
/** Rows of the text of a terminal. */
const TEXT_ROWS = 24;

/** What a kept screen is drawn into: xterm.js finds the way from there to the size that its place has now. */
const frameSchema = z.object({
  console: consoleIdSchema,
  /** In characters. */
  columns: z.number().int().min(2).max(2_000),
  rows: z.number().int().min(1).max(2_000),
  /** The shell waits for a command. */
  atPrompt: z.boolean(),
  /** Bytes of the screen. */
  bytes: z.number().int().min(0),
});
export type KeptFrame = Readonly<z.infer<typeof frameSchema>>;

const FIRST = { open: [0], active: 0 } as const satisfies KeptTabs;

export interface KeptTabs {
  readonly open: readonly ConsoleId[];
  readonly active: ConsoleId;
}

/** The terminals as the page finds them again; what draws them comes by the consoles. Each field falls back by itself. */
export const keptTerminalsSchema = z.object({
  tabs: z
    .object({ open: z.array(consoleIdSchema).min(1).max(CONSOLE_COUNT), active: consoleIdSchema })
    .refine(({ open, active }) => open.includes(active) && new Set(open).size === open.length)
    .transform(({ open, active }): KeptTabs => ({ open: open.toSorted((a, b) => a - b), active }))
    .catch(FIRST),
  frames: z.array(frameSchema).max(CONSOLE_COUNT).catch([]),
});
export type KeptTerminals = Readonly<z.infer<typeof keptTerminalsSchema>>;

export interface KeptTerminal extends Omit<KeptFrame, "bytes"> {
  /** What draws it again: text with control sequences. */
  readonly screen: string;
}

/** The last rows of a screen that have something in them, without the spaces at their ends. */
export function drawnText(buffer: Pick<IBuffer, "length" | "getLine">): string {
  const rows: string[] = [];
  for (let row = buffer.length - 1; row >= 0 && rows.length < TEXT_ROWS; row--) {
    const text = buffer.getLine(row)?.translateToString(true) ?? "";
    if (text !== "" || rows.length > 0) rows.unshift(text);
  }
  return rows.join("\n");
}
