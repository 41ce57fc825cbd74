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
    // Not awaited: whoever leaves does not wait for what he leaves.
    if (!over) reader.cancel().catch(() => undefined);
  }
}
