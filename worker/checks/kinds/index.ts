/**
 * Every kind of check. The kind of a check is the key that names its object: `{ container: "web", state: "running" }`.
 * A new kind is its file, its line here, and where the general words will not do its hints in web/i18n/.
 */
import { z } from "zod";
import { answer } from "./answer";
import { compose } from "./compose";
import { container } from "./container";
import { event } from "./event";
import { file } from "./file";
import { http } from "./http";
import { image } from "./image";
import { network } from "./network";
import { registry } from "./registry";
import { shell } from "./shell";
import { volume } from "./volume";

/** A kind stands before those whose name is one of its fields: a container has an image, a file may be in a volume. */
export const kinds = {
  container,
  file,
  answer,
  image,
  volume,
  network,
  http,
  registry,
  compose,
  event,
  shell,
};

export type CheckKind = keyof typeof kinds;
export const CHECK_KINDS = Object.keys(kinds) as CheckKind[];

export type CheckOf<Kind extends CheckKind> = z.infer<(typeof kinds)[Kind]["schema"]>;
export type Check = { [Kind in CheckKind]: CheckOf<Kind> }[CheckKind];

export const checkSchema: z.ZodType<Check> = z.union(Object.values(kinds).map(({ schema }) => schema));

/** The kind of a check: the first whose name is one of its keys. */
export function kindOf(check: Check): CheckKind;
export function kindOf(check: object): CheckKind | undefined;
export function kindOf(check: object): CheckKind | undefined {
  return CHECK_KINDS.find((kind) => kind in check);
}

/** What a check is called in a hint's code and in `expect=`. */
export function nameOf(check: Check): string {
  return check.id ?? ("answer" in check ? check.answer : kindOf(check));
}

const NOT_FIELDS = ["id", "hint", "timeout"];

/** Which fields of a check of this kind can fail: the second half of a hint's code. `missing`: it is not there at all. */
export function hintFields(kind: CheckKind): string[] {
  const { hints, schema } = kinds[kind];
  const own = Object.keys(schema.shape).filter((key) => key !== kind && !NOT_FIELDS.includes(key));
  return [...new Set([...hints, ...own])];
}
