/** For tests: a stream of text in pieces, one byte a character. */
export function latin1Bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** A stream of the given pieces; `failure` comes in place of the end. */
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

/** All of a stream as text, one character a byte. */
export async function readText(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String.fromCharCode(...chunk);
  return text;
}
