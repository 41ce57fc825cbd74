/** JSON as bytes, and back with its schema. */
import { z } from "zod";
import { DrydockError, messageOf } from "../../contract/errors";

export function encodeJson(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** @throws DrydockError `bad-save` for what is not of the schema */
export function decodeJson<Schema extends z.ZodType>(
  schema: Schema,
  bytes: Uint8Array<ArrayBuffer>,
): z.infer<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new DrydockError("bad-save", messageOf(cause), { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new DrydockError("bad-save", z.prettifyError(parsed.error));
  return parsed.data;
}
