/** For tests: streams of text, one character a byte. */
import { concatBytes, readChunks } from "../../bytes";
import { latin1Bytes, latin1Text } from "../latin1";

/** A stream of the given pieces; `failure` comes instead of the end. */
export function streamOf(
  pieces: readonly (string | Uint8Array)[],
  failure?: Error,
): ReadableStream<Uint8Array> {
  const rest = [...pieces];
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = rest.shift();
      if (piece !== undefined) controller.enqueue(typeof piece === "string" ? latin1Bytes(piece) : piece);
      else if (failure === undefined) controller.close();
      else controller.error(failure);
    },
  });
}

/** All of a stream as text. `mayBreak` takes what came before a failure for the whole. */
export async function readText(stream: ReadableStream<Uint8Array>, mayBreak = false): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of readChunks(stream)) chunks.push(chunk);
  } catch (error) {
    if (!mayBreak || chunks.length === 0) throw error;
  }
  return latin1Text(concatBytes(chunks));
}
