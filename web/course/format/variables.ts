/**
 * The learner's variables: `{{port}}` in text, commands, files and checks. Docker's own templates are left alone:
 * theirs have a dot, a space, or a word of the template language.
 */
import { PLACEHOLDER } from "../../../contract/check-fields";
import type { Variable } from "./schema";

export type Values = Readonly<Record<string, string>>;

/** Words of Go's templates that stand alone. */
const TEMPLATE_WORDS = new Set(["end", "else", "break", "continue"]);

/** Puts the values in. A name without a value stays as it is. */
export function fillText(text: string, values: Values): string {
  return text.replace(PLACEHOLDER, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}

/** `fillText` in every string of plain data, keys too. */
export function fillData<Data>(data: Data, values: Values): Data {
  return fill(data, values) as Data;
}

function fill(data: unknown, values: Values): unknown {
  if (typeof data === "string") return fillText(data, values);
  if (Array.isArray(data)) return data.map((item) => fill(item, values));
  if (typeof data === "object" && data !== null) {
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [fillText(key, values), fill(value, values)]),
    );
  }
  return data;
}

/** The names that a text mentions, each with the line in the text (from 0). */
export function placeholders(text: string): { name: string; line: number }[] {
  return text
    .split("\n")
    .flatMap((line, index) =>
      [...line.matchAll(PLACEHOLDER)].map((match) => ({ name: match[1] ?? "", line: index })),
    )
    .filter(({ name }) => !TEMPLATE_WORDS.has(name));
}

/** Whether the variable may have this value: all of it matches, on one line, without what a shell would act upon. */
export function acceptsValue(variable: Variable, value: string): boolean {
  return !/[\r\n\0]/u.test(value) && new RegExp(`^(?:${variable.pattern})$`, "u").test(value);
}

/** Every variable's value: the learner's where it is acceptable, else the default. */
export function resolveValues(variables: readonly Variable[], chosen: Values): Record<string, string> {
  return Object.fromEntries(
    variables.map((variable) => {
      const value = chosen[variable.id];
      const usable = value !== undefined && acceptsValue(variable, value);
      return [variable.id, usable ? value : variable.default];
    }),
  );
}
