/** Header fields as they came: in order, repeated ones kept apart. Names are compared without case (RFC 9110 §5.1). */
export type HeaderField = readonly [name: string, value: string];
export type HeaderFields = readonly HeaderField[];

/** Every value of a field, in order. */
export function fieldValues(fields: HeaderFields, name: string): string[] {
  const wanted = name.toLowerCase();
  return fields.filter(([given]) => given.toLowerCase() === wanted).map(([, value]) => value);
}

/** A field's values joined by commas, as RFC 9110 §5.3 has it; undefined when there is none. */
export function fieldValue(fields: HeaderFields, name: string): string | undefined {
  const values = fieldValues(fields, name);
  return values.length === 0 ? undefined : values.join(", ");
}

/** A list field's elements in lower case: `Connection`, `Transfer-Encoding`. */
export function fieldTokens(fields: HeaderFields, name: string): string[] {
  return fieldValues(fields, name)
    .flatMap((value) => value.split(","))
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== "");
}
