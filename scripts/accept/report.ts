/** The table of a run, for people and as JSON. */
import { z } from "zod";
import type { TableRow } from "./table";

/** Where a part of a row ran: the machine in Node, or the page in Chromium. */
export type Place = "machine" | "page";

export interface Part {
  readonly place: Place;
  readonly seconds: number;
  readonly failure: string | undefined;
}

export interface RowResult {
  readonly row: TableRow;
  readonly because: string | undefined;
  /** All of them must pass. */
  readonly parts: readonly Part[];
}

export function passed({ parts }: RowResult): boolean {
  return parts.length > 0 && parts.every(({ failure }) => failure === undefined);
}

export function count(results: readonly RowResult[]): { passed: number; failed: number } {
  const good = results.filter(passed).length;
  return { passed: good, failed: results.length - good };
}

/** One line a row: ok or FAILED, seconds in the machine and in the page, id, command. */
export function renderTable(results: readonly RowResult[]): string {
  const width = Math.max(...results.map(({ row }) => row.id.length), "row".length);
  const seconds = ({ parts }: RowResult, place: Place): string =>
    (parts.find((part) => part.place === place)?.seconds.toFixed(1) ?? "").padStart(9);
  const line = (result: RowResult): string =>
    [
      passed(result) ? "ok    " : "FAILED",
      seconds(result, "machine"),
      seconds(result, "page"),
      ` ${result.row.id.padEnd(width)}`,
      ` ${result.row.command}`,
    ].join("");
  const header = `      ${"machine s".padStart(9)}${"page s".padStart(9)} ${"row".padEnd(width)} command`;
  return [header, ...results.map(line)].join("\n");
}

/** What failed, with what was seen. */
export function renderFailures(results: readonly RowResult[]): string {
  return results
    .filter((result) => !passed(result))
    .flatMap(({ row, parts }) =>
      parts
        .filter(({ failure }) => failure !== undefined)
        .map(({ place, failure }) => `== ${row.id} (${place}): ${row.command}\n${failure}\n`),
    )
    .join("\n");
}

export const reportSchema = z.strictObject({
  passed: z.number(),
  failed: z.number(),
  seconds: z.number(),
  rows: z.array(
    z.strictObject({
      id: z.string(),
      note: z.string(),
      command: z.string(),
      mustShow: z.string(),
      because: z.string().optional(),
      passed: z.boolean(),
      parts: z.array(
        z.strictObject({
          place: z.enum(["machine", "page"]),
          seconds: z.number(),
          failure: z.string().optional(),
        }),
      ),
    }),
  ),
});

/** @param seconds of the whole run */
export function makeReport(results: readonly RowResult[], seconds: number): z.infer<typeof reportSchema> {
  return {
    ...count(results),
    seconds,
    rows: results.map((result) => ({
      ...result.row,
      ...(result.because === undefined ? {} : { because: result.because }),
      passed: passed(result),
      parts: result.parts.map(({ place, seconds: took, failure }) => ({
        place,
        seconds: took,
        ...(failure === undefined ? {} : { failure }),
      })),
    })),
  };
}
