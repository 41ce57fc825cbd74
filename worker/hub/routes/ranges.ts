/** Byte ranges: RFC 9110 section 14 for reading, and the specification's own form for the chunks of an upload. */
import { RegistryError } from "../errors";
import type { ByteRange } from "../storage/uploads";

/**
 * What a `Range` header asks of `size` bytes; undefined when all of them are the answer: no header, one that is
 * malformed or of another unit (RFC 9110 14.2 has them ignored), or several ranges, which a server need not serve.
 * @throws RegistryError RANGE_INVALID (416) for a range that begins behind the end
 */
export function parseRange(header: string | null, size: number): ByteRange | undefined {
  const match = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(header ?? "");
  const [first, last] = [match?.[1] ?? "", match?.[2] ?? ""];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(Number(last) + 1, size);
  if (first !== "" && last !== "" && Number(last) < start) return undefined;
  if (start < size && start < end) return { start, end };
  throw new RegistryError("RANGE_INVALID", {
    detail: { range: header, size },
    headers: { "content-range": `bytes */${size}` },
  });
}

/** `Content-Range` of an upload's chunk, `0-99` with or without a leading `bytes`; undefined without a header. */
export function parseChunkRange(header: string | null): ByteRange | undefined {
  if (header === null) return undefined;
  const match = /^(?:bytes[ =])?(\d{1,15})-(\d{1,15})(?:\/(?:\d+|\*))?$/.exec(header.trim());
  const start = Number(match?.[1]);
  const end = Number(match?.[2]) + 1;
  if (match === null || end <= start) {
    throw new RegistryError("RANGE_INVALID", { detail: header.slice(0, 100) });
  }
  return { start, end };
}
