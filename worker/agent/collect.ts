import { readAll } from "../bytes";
import { DrydockError } from "../../contract/errors";

/** All bytes of a stream. Throws `agent` and cancels it when there are more than `maxBytes`. */
export async function collectBytes(
  readable: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const bytes = await readAll(readable, maxBytes);
  if (bytes !== undefined) return bytes;
  await readable.cancel();
  throw new DrydockError("agent", `a program's output is longer than ${maxBytes} bytes`);
}

/** Writes all bytes and closes. A program that has enough before the end is no error. */
export async function feedBytes(writable: WritableStream<Uint8Array>, bytes: Uint8Array): Promise<void> {
  const writer = writable.getWriter();
  try {
    await writer.write(bytes);
    await writer.close();
  } catch (error) {
    if (!(error instanceof DrydockError && error.subject === "EPIPE")) throw error;
  }
}
