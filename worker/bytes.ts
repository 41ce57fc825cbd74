/** Bytes in pieces: put together, and read off streams. */

/** The parts, one after another, in a new array. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * A stream's chunks, one after another; leaving the loop cancels the stream. Not every browser iterates its streams by
 * itself.
 */
export async function* readChunks<T>(stream: ReadableStream<T>): AsyncGenerator<T, void, undefined> {
  const reader = stream.getReader();
  let over = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    over = true;
  } catch (error) {
    over = true;
    throw error;
  } finally {
    // Not awaited: the reader is leaving, and need not wait for the stream to end.
    if (!over) reader.cancel().catch(() => undefined);
  }
}

/**
 * All of a stream, or of the body that a message does not have; undefined as soon as there are more than `most` bytes. The rest is left in the stream: only its owner
 * knows whether to cancel it would cost the connection underneath.
 */
export async function readAll(
  stream: ReadableStream<Uint8Array> | null,
  most = Infinity,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (stream === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length;
      if (size > most) return undefined;
      parts.push(next.value);
    }
  } finally {
    reader.releaseLock();
  }
  return concatBytes(parts);
}
