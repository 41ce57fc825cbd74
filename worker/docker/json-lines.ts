/** JSON values one a line, out of a stream, as they come. */
import { readChunks } from "../bytes";
import { EngineError } from "./errors";

/** No event of Docker's comes near this. */
const MAX_LINE = 1024 * 1024;

/** @throws EngineError `bad-answer` for a line that is not JSON, or that does not end */
export async function* readJsonLines(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<unknown, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of readChunks(body)) {
    rest += decoder.decode(chunk, { stream: true });
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      const line = rest.slice(0, end).trim();
      rest = rest.slice(end + 1);
      if (line !== "") yield parseLine(line);
    }
    if (rest.length > MAX_LINE) throw new EngineError("bad-answer", "a line without an end");
  }
  const last = (rest + decoder.decode()).trim();
  if (last !== "") yield parseLine(last);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new EngineError("bad-answer", `not JSON: ${line.slice(0, 80)}`, { cause });
  }
}
