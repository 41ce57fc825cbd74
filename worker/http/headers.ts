/** Header fields, and what several of them have in common. */

/** Fields as they came: in order, repeated ones kept apart. Names are compared without case (RFC 9110 §5.1). */
export type HeaderField = readonly [name: string, value: string];
export type HeaderFields = readonly HeaderField[];

/** RFC 9110 §5.6.2: a method, a field's name. */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;
/** Visible characters, spaces and tabs; characters above ASCII are bytes of their own (§5.5). */
export const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/u;

/** Every value of a field, in order. */
export function fieldValues(fields: HeaderFields, name: string): string[] {
  const wanted = name.toLowerCase();
  return fields.filter(([given]) => given.toLowerCase() === wanted).map(([, value]) => value);
}

/** A field's values joined by commas, as RFC 9110 §5.3 has it; undefined when there are none. */
export function fieldValue(fields: HeaderFields, name: string): string | undefined {
  const values = fieldValues(fields, name);
  return values.length === 0 ? undefined : values.join(", ");
}

/** A list field's elements in lower case: `Connection`, `Transfer-Encoding`. */
export function fieldTokens(fields: HeaderFields, name: string): string[] {
  return listElements(fieldValue(fields, name));
}

/** The elements of a comma-separated value, in lower case. */
export function listElements(value: string | null | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((element) => element.trim().toLowerCase())
    .filter((element) => element !== "");
}

/** A media type without its parameters, in lower case: `text/plain; charset=utf-8` is `text/plain`. */
export function mediaTypeOf(value: string | null): string {
  return (value ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** `Content-Length` as a number of bytes; undefined when it is absent or not a number. */
export function contentLength(headers: Headers): number | undefined {
  return parseLength(headers.get("content-length") ?? "");
}

/** Decimal digits (RFC 9110 §8.6), no more than a number holds; undefined for anything else. */
export function parseLength(text: string): number | undefined {
  return /^\d{1,15}$/u.test(text) ? Number(text) : undefined;
}
