/** Small comparisons that several kinds of checks share. */
import type { z } from "zod";
import { parseAs } from "../docker/engine";
import { compilePattern } from "../../contract/check-fields";
import type { Miss, Round } from "./round";

/** `64m` in bytes, as Docker reads it; -1 stays. Undefined for what is no size. */
export function parseSize(size: string | number): number | undefined {
  if (typeof size === "number") return size;
  const match = /^(-1|\d+(?:\.\d+)?)([bkmg]?)$/iu.exec(size);
  if (match === null) return undefined;
  const power = ["b", "k", "m", "g"].indexOf((match[2] ?? "").toLowerCase() || "b");
  return Math.round(Number(match[1]) * 1024 ** power);
}

/** Whether a pattern is found in a text. An invalid pattern is found nowhere. */
export function finds(pattern: string, text: string): boolean {
  return compilePattern(pattern)?.test(text) ?? false;
}

/** The whole of an image's name: `nginx` is `docker.io/library/nginx:latest`. Digests stay. */
export function wholeReference(reference: string): string {
  const { host, repository, tag } = splitReference(reference);
  const digest = reference.includes("@") ? reference.slice(reference.indexOf("@")) : `:${tag}`;
  return `${host ?? "docker.io"}/${repository}${digest}`;
}

export interface Reference {
  /** Undefined for the hub. */
  readonly host: string | undefined;
  readonly repository: string;
  readonly tag: string;
}

/** An image's name in its parts, as Docker cuts it: a host has a dot or a port, or is `localhost`. */
export function splitReference(reference: string): Reference {
  const plain = reference.split("@")[0] ?? "";
  const slash = plain.indexOf("/");
  const first = slash === -1 ? "" : plain.slice(0, slash);
  const hasHost = first === "localhost" || /[.:]/u.test(first);
  const rest = hasHost ? plain.slice(slash + 1) : plain;
  const colon = rest.lastIndexOf(":");
  const path = colon === -1 ? rest : rest.slice(0, colon);
  const tag = colon === -1 ? "latest" : rest.slice(colon + 1);
  const hub = !hasHost || ["docker.io", "index.docker.io", "registry-1.docker.io"].includes(first);
  return {
    host: hub ? undefined : first,
    repository: hub && !path.includes("/") ? `library/${path}` : path,
    tag,
  };
}

/** Compares a map of expected texts with what there is: the first that is missing or different. */
export function compareRecord(
  field: string,
  expected: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string | undefined>>,
): Miss | undefined {
  for (const [name, value] of Object.entries(expected)) {
    const actual = Object.hasOwn(found, name) ? found[name] : undefined;
    if (actual === value) continue;
    const miss: Miss = { field, expected: `${name}=${value}` };
    return actual === undefined ? miss : { ...miss, found: `${name}=${actual}` };
  }
  return undefined;
}

/** What the kinds have in common that look at one thing of Docker's. */
interface ThingCheck {
  readonly absent?: boolean | undefined;
  readonly inspect?: Inspect | undefined;
}
type Inspect = Readonly<Record<string, string | number | boolean | null>>;

/** Whether there is a thing at `path`, or none where `absent` asks for that; then `look`, then its single fields. */
export async function compareThing<Schema extends z.ZodType>(
  check: ThingCheck,
  path: string,
  schema: Schema,
  round: Round,
  look: (thing: z.infer<Schema>) => Miss | undefined | Promise<Miss | undefined>,
): Promise<Miss | undefined> {
  const raw = await round.json(path);
  if (raw === undefined) return check.absent === true ? undefined : { field: "missing" };
  if (check.absent === true) return { field: "absent" };
  return (await look(parseAs(schema, raw))) ?? compareInspect(check.inspect, raw);
}

/** Compares single fields of Docker's JSON: `HostConfig.Memory`, `Mounts.0.Name`. */
export function compareInspect(expected: Inspect | undefined, found: unknown): Miss | undefined {
  for (const [path, value] of Object.entries(expected ?? {})) {
    const actual = valueAt(found, path.split("."));
    if (show(actual) === show(value)) continue;
    return { field: "inspect", expected: `${path}: ${show(value)}`, found: `${path}: ${show(actual)}` };
  }
  return undefined;
}

/** Names may have dots themselves (labels): the longest key that fits wins. */
function valueAt(value: unknown, path: readonly string[]): unknown {
  if (path.length === 0) return value;
  if (typeof value !== "object" || value === null) return undefined;
  for (let length = path.length; length > 0; length--) {
    const key = path.slice(0, length).join(".");
    if (Object.hasOwn(value, key)) {
      return valueAt((value as Record<string, unknown>)[key], path.slice(length));
    }
  }
  return undefined;
}

function show(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined ? "null" : JSON.stringify(value);
}

/** Compares a text, a number or a truth. */
export function same<Value extends string | number | boolean>(
  field: string,
  expected: Value,
  found: Value,
): Miss | undefined {
  return expected === found ? undefined : { field, expected: String(expected), found: String(found) };
}

/** Compares what was printed, or a file, or a page: it may change while one waits. */
export function compareText(
  check: { readonly contains?: string | undefined; readonly matches?: string | undefined },
  text: string,
): Miss | undefined {
  const found = text.trim().slice(0, 200);
  if (check.contains !== undefined && !text.includes(check.contains)) {
    return { field: "contains", expected: check.contains, found, soon: true };
  }
  if (check.matches !== undefined && !finds(check.matches, text)) {
    return { field: "matches", expected: check.matches, found, soon: true };
  }
  return undefined;
}
