/** The browser's own methods, kept before this realm's classes are patched, and its way of taking arguments. */

/** Called with `Reflect.apply` or `.call`, as the browser calls it. */
export type NativeMethod = (this: unknown, ...args: unknown[]) => unknown;

/** @throws TypeError when the browser has no such method */
export function nativeMethod(prototype: object, name: string): NativeMethod {
  const method: unknown = Reflect.get(prototype, name);
  if (typeof method !== "function") throw new TypeError(`this browser has no ${name}`);
  return method as NativeMethod;
}

/** What Web IDL makes of an argument that is to be a string: pages pass numbers and objects, too. */
export function toText(value: unknown): string {
  return typeof value === "string" ? value : `${value as number}`;
}
