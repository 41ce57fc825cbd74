/** DEFLATE (RFC 1951) by the platform's own streams. */
import { DrydockError } from "../../contract/errors";
import { concatBytes, readAll } from "../bytes";

export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return (
    (await readAll(streamOf(bytes).pipeThrough(new CompressionStream("deflate-raw")))) ?? new Uint8Array()
  );
}

/**
 * Exactly `size` bytes.
 * @throws DrydockError `bad-save` for what is no DEFLATE stream of so many
 */
export async function inflate(
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = streamOf(bytes).pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parts.push(next.value);
      length += next.value.length;
      if (length > size) break;
    }
  } catch (cause) {
    throw new DrydockError("bad-save", "what was kept cannot be decompressed", { cause });
  }
  if (length === size) return concatBytes(parts);
  // Not awaited: whoever leaves does not wait for what is left.
  reader.cancel().catch(() => undefined);
  throw new DrydockError("bad-save", `what was kept decompresses to ${length} bytes instead of ${size}`);
}

function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([bytes]).stream();
}
