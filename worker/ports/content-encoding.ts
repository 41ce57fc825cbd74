/** Undoes `Content-Encoding`. None is asked for, but some servers send one anyway (RFC 9110 §8.4). */
import { fieldTokens, type HeaderFields } from "../http/headers";
import { GuestHttpError } from "./errors";

const FORMATS: Readonly<Record<string, CompressionFormat>> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
};

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** The body in plain. @throws GuestHttpError `bad-response` for an encoding that is not known */
export function decodeBody(response: { readonly headers: HeaderFields; readonly body: Bytes }): Bytes {
  let { body } = response;
  // The last one was applied last.
  for (const encoding of fieldTokens(response.headers, "content-encoding").reverse()) {
    if (encoding === "identity") continue;
    const format = FORMATS[encoding];
    if (format === undefined) throw new GuestHttpError("bad-response", `an unknown encoding: ${encoding}`);
    body = body.pipeThrough(new DecompressionStream(format));
  }
  return body;
}
