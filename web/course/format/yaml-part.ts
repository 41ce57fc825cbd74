/** A piece of YAML inside a file, against its schema: every mistake with its line and what was probably meant. */
import {
  LineCounter,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  parseDocument,
  type Document,
} from "yaml";
import { z } from "zod";
import { CHECK_KINDS, kindOf, kinds } from "../../../worker/checks/kinds";
import { messageOf } from "../../../contract/errors";
import { nearest, type Findings } from "./diagnostics";

type Path = readonly PropertyKey[];

/**
 * Parses and validates. Mistakes go to `findings`; the answer is undefined when there is one.
 *
 * @param firstLine the line in the file of the YAML's first line
 */
export function parseYamlPart<Schema extends z.ZodType>(
  text: string,
  firstLine: number,
  schema: Schema,
  findings: Findings,
): z.infer<Schema> | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => firstLine + Math.max(lines.linePos(offset).line, 1) - 1;
  for (const { message, pos } of document.errors) findings.add(lineAt(pos[0]), `YAML: ${message}`);
  if (document.errors.length > 0) return undefined;
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    // Aliases of aliases that grow without bounds.
    findings.add(firstLine, `YAML: ${messageOf(error)}`);
    return undefined;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const lineOf = (path: Path): number => lineAt(offsetOf(document, path));
  const checks = new Set<string>();
  for (const issue of parsed.error.issues) {
    const check = checkPath(issue.path);
    if (check === undefined) report(issue, value, schema, lineOf, findings);
    else if (!checks.has(check.join())) {
      checks.add(check.join());
      reportCheck(valueAt(value, check), check, lineOf, findings);
    }
  }
  return undefined;
}

function report(
  issue: z.core.$ZodIssue,
  root: unknown,
  schema: z.ZodType,
  lineOf: (path: Path) => number,
  findings: Findings,
): void {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, path);
    for (const key of issue.keys) {
      findings.add(lineOf([...path, key]), `unknown field "${key}"`, nearest(key, known));
    }
    return;
  }
  if (issue.code === "invalid_union" && valueAt(root, path) !== undefined) {
    findings.add(lineOf(path), `${nameOf(path)}: none of the forms it may have`);
    return;
  }
  if (issue.code === "invalid_value") {
    const found = valueAt(root, path);
    const words = issue.values.map(String);
    const suggestion = typeof found === "string" ? nearest(found, words) : undefined;
    findings.add(lineOf(path), `${nameOf(path)} is one of ${words.join(", ")}`, suggestion);
    return;
  }
  const missing = valueAt(root, path) === undefined;
  findings.add(lineOf(path), missing ? `${nameOf(path)} is missing` : `${nameOf(path)}: ${issue.message}`);
}

/** The union of all kinds says only "none of them": says what is wrong with the kind that was meant. */
function reportCheck(value: unknown, path: Path, lineOf: (path: Path) => number, findings: Findings): void {
  if (typeof value !== "object" || value === null) {
    findings.add(lineOf(path), "a check is a map: `- container: NAME`");
    return;
  }
  const kind = kindOf(value);
  if (kind === undefined) {
    const [first = ""] = Object.keys(value);
    findings.add(
      lineOf([...path, first]),
      `no kind of check is called "${first}": ${CHECK_KINDS.join(", ")}`,
      nearest(first, CHECK_KINDS),
    );
    return;
  }
  const schema = kinds[kind].schema;
  const parsed = schema.safeParse(value);
  if (parsed.success) return;
  for (const issue of parsed.error.issues) {
    const atCheck = (inner: Path): number => lineOf([...path, ...inner]);
    report(issue, value, schema, atCheck, findings);
  }
}

/** `checks: [..]` and `needs: [..]`: the elements are checks. The path of the one that `path` leads into. */
function checkPath(path: Path): Path | undefined {
  const owner = path.findIndex((key) => key === "checks" || key === "needs");
  return owner === -1 || typeof path[owner + 1] !== "number" ? undefined : path.slice(0, owner + 2);
}

/** The fields that an object at this place may have. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let current: z.ZodType | undefined = schema;
  for (const key of path) current = current && childOf(current, key);
  const object = current && unwrap(current);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function childOf(schema: z.ZodType, key: PropertyKey): z.ZodType | undefined {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return inner.element as z.ZodType;
  if (inner instanceof z.ZodObject) {
    return (inner.shape as Record<string, z.ZodType>)[String(key)];
  }
  return undefined;
}

function unwrap(schema: z.ZodType): z.ZodType {
  let current = schema;
  while (current instanceof z.ZodOptional || current instanceof z.ZodDefault) {
    current = current.unwrap() as z.ZodType;
  }
  return current;
}

function valueAt(root: unknown, path: Path): unknown {
  let current: unknown = root;
  for (const key of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return current;
}

/** Where the thing at `path` begins, or the nearest thing around it that is there. A field begins at its name. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of path) {
    if (!isCollection(node)) break;
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
      if (pair === undefined) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else {
      node = node.items[Number(key)];
      if (!isNode(node)) break;
      offset = node.range?.[0] ?? offset;
    }
  }
  return offset;
}

function nameOf(path: Path): string {
  return path.length === 0 ? "it" : `"${path.map(String).join(".")}"`;
}
