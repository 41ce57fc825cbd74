import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createXmlHttpRequest } from "./xml-http-request";

/** Node has no `ProgressEvent` and no `Document`. */
class TestProgress extends Event {
  readonly loaded: number;
  constructor(type: string, { loaded }: { readonly loaded: number }) {
    super(type);
    this.loaded = loaded;
  }
}

beforeEach(() => {
  vi.stubGlobal("ProgressEvent", TestProgress);
  vi.stubGlobal("Document", EventTarget);
});
afterEach(() => void vi.unstubAllGlobals());

/** A request whose answer's body comes in these pieces. */
function send(pieces: readonly Uint8Array<ArrayBuffer>[], type: XMLHttpRequestResponseType): XMLHttpRequest {
  const Request = createXmlHttpRequest(() =>
    Promise.resolve(
      new Response(
        new ReadableStream({
          start: (body) => {
            for (const piece of pieces) body.enqueue(piece);
            body.close();
          },
        }),
      ),
    ),
  );
  const request = new Request() as unknown as XMLHttpRequest;
  request.open("GET", "http://localhost/");
  request.responseType = type;
  request.send();
  return request;
}

const over = (request: XMLHttpRequest): Promise<unknown> =>
  new Promise((resolve) => (request.onloadend = resolve));

it("copies a body that comes in many pieces once", async () => {
  const pieces = Array.from({ length: 2000 }, (_, n) => new Uint8Array(100).fill(n % 256));
  const request = send(pieces, "arraybuffer");
  let loaded = 0;
  request.onprogress = (event) => (loaded = event.loaded);
  const copies = vi.spyOn(Uint8Array.prototype, "set");
  await over(request);
  expect(loaded).toBe(200_000);
  const body = new Uint8Array(request.response as ArrayBuffer);
  // A copy a piece; piece upon piece would be two for each.
  expect(copies.mock.calls.length).toBeLessThanOrEqual(pieces.length);
  copies.mockRestore();
  expect([body.length, body[150], body[199_950]]).toEqual([200_000, 1, 1999 % 256]);
});

it("has the text so far at each piece, and all of it at the end", async () => {
  const pieces = ["a", "b", "c"].map((text) => new TextEncoder().encode(text));
  const request = send(pieces, "");
  const seen: string[] = [];
  request.onprogress = () => seen.push(request.responseText);
  await over(request);
  expect(seen).toEqual(["a", "ab", "abc"]);
  expect(request.responseText).toBe("abc");
});

it("hands out a buffer with the body alone", async () => {
  const request = send([new Uint8Array(100).fill(7).subarray(10, 13)], "arraybuffer");
  await over(request);
  expect([...new Uint8Array(request.response as ArrayBuffer)]).toEqual([7, 7, 7]);
});

it("has an empty buffer for an empty body", async () => {
  const request = send([], "arraybuffer");
  await over(request);
  expect((request.response as ArrayBuffer).byteLength).toBe(0);
});
