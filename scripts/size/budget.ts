/**
 * What figures may be: budget.json has the limit of each, by its name. Sizes are strict, and `npm test` asserts them;
 * times depend on what else a machine does, and are only reported. `target` says where a figure shall go that may be more
 * for now.
 */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const UNITS = ["s", "ms", "MiB/s", "MiB", "bytes", "count", "ratio"] as const;
export type Unit = (typeof UNITS)[number];

const amount = z.number().nonnegative();
const common = { unit: z.enum(UNITS), strict: z.boolean(), target: amount.optional() };
const limitSchema = z.union([
  z.strictObject({ ...common, atMost: amount }),
  z.strictObject({ ...common, atLeast: amount }),
]);
const budgetSchema = z.record(z.string(), limitSchema);

export type Limit = z.infer<typeof limitSchema>;
export type Budget = z.infer<typeof budgetSchema>;

/** Something measured. Its name is the budget's. */
export interface Measured {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
}

/** @throws Error (zod's) that names what is wrong with the text */
export function parseBudget(text: string): Budget {
  return budgetSchema.parse(JSON.parse(text));
}

export async function readBudget(): Promise<Budget> {
  const path = join(dirname(fileURLToPath(import.meta.url)), "budget.json");
  return parseBudget(await readFile(path, "utf8"));
}

/** `ok`, `over` (or under what it should be at least), or `none` when the budget does not know it. */
export type Verdict = "ok" | "over" | "none";

/** @throws Error when budget and figure are in different units */
export function judge({ name, value, unit }: Measured, budget: Budget): Verdict {
  const limit = limitOf(name, budget);
  if (limit === undefined) return "none";
  if (limit.unit !== unit) throw new Error(`${name} is in ${unit}, its budget in ${limit.unit}`);
  const holds = "atMost" in limit ? value <= limit.atMost : value >= limit.atLeast;
  return holds ? "ok" : "over";
}

export function limitOf(name: string, budget: Budget): Limit | undefined {
  return Object.hasOwn(budget, name) ? budget[name] : undefined;
}

/** The figures that are over their budget and may not be. @param timesToo also those that are only reported */
export function findOver<T extends Measured>(figures: readonly T[], budget: Budget, timesToo = false): T[] {
  return figures.filter(
    (figure) =>
      judge(figure, budget) === "over" && (timesToo || limitOf(figure.name, budget)?.strict === true),
  );
}

/** A value as people read it: bytes in MB (10^6), shares in per cent where they are small. */
export function formatValue(value: number, unit: Unit): string {
  if (unit === "bytes") return `${(value / 1_000_000).toFixed(2)} MB`;
  const digits = Number.isInteger(value) ? 0 : Math.abs(value) < 0.1 ? 4 : Math.abs(value) < 10 ? 2 : 1;
  return unit === "ratio" ? value.toFixed(digits) : `${value.toFixed(digits)} ${unit}`;
}

/** A limit in words: `at most 12 s`. */
export function formatLimit(limit: Limit): string {
  const [words, value] = "atMost" in limit ? ["at most", limit.atMost] : ["at least", limit.atLeast];
  return `${words} ${formatValue(value, limit.unit)}`;
}

/** The lines of `--check`: every figure that has a budget, what it may be, and whether it is. */
export function describeCheck(figures: readonly Measured[], budget: Budget): string[] {
  const known = figures.filter(({ name }) => limitOf(name, budget) !== undefined);
  const width = Math.max(0, ...known.map(({ name }) => name.length));
  return known.map((figure) => {
    const limit = limitOf(figure.name, budget);
    if (limit === undefined) return "";
    const over = judge(figure, budget) === "over";
    const verdict = !over ? "ok" : limit.strict ? "OVER" : "over (reported only)";
    const target = limit.target === undefined ? "" : `; target ${formatValue(limit.target, limit.unit)}`;
    const value = formatValue(figure.value, figure.unit).padStart(12);
    return `${figure.name.padEnd(width)}  ${value}  ${formatLimit(limit).padEnd(20)}  ${verdict}${target}`;
  });
}
