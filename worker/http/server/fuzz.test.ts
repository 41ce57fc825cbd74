/** Random and mangled bytes: the server answers with HTTP or ends the connection, and nothing is left behind. */
import { expect, it } from "vitest";
import { createHttpScene } from "../../lan/testing/http-client";
import { seededRandom } from "../../lan/testing/random";

const SAMPLES = [
  "GET /v2/ HTTP/1.1\r\nHost: registry-1.docker.io\r\nAccept: */*\r\n\r\n",
  "PUT /v2/a/blobs/uploads/1?digest=sha256:00 HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhello world",
  "PATCH /v2/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nA: b\r\n\r\n",
  "HEAD http://h/x HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n\r\n",
];

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function readAll(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  while (!(await reader.read()).done);
}

it("survives 3000 mangled conversations", { timeout: 120_000 }, async () => {
  const random = seededRandom(7);
  const below = (limit: number): number => Math.floor(random() * limit);
  const { clock, pair, errors, exchange } = createHttpScene(
    {
      handler: async ({ body, method }) => {
        if (body !== null && random() < 0.7) await readAll(body);
        return new Response(random() < 0.5 ? "answer" : null, { status: method === "PUT" ? 401 : 200 });
      },
    },
    settle,
  );
  for (let round = 0; round < 3000; round += 1) {
    let text = "";
    for (let parts = 1 + below(3); parts > 0; parts -= 1) text += SAMPLES[below(SAMPLES.length)] ?? "";
    const bytes = Array.from(text, (character) => character.charCodeAt(0));
    for (let edits = below(6); edits > 0; edits -= 1) {
      const at = below(bytes.length);
      const kind = below(4);
      if (kind === 0) bytes[at] = below(256);
      else if (kind === 1) bytes.splice(at, 1 + below(10));
      else if (kind === 2) bytes.splice(at, 0, ...Array.from({ length: 1 + below(10) }, () => below(256)));
      else bytes.length = at + 1;
    }
    const answer = await exchange(Uint8Array.from(bytes), random() < 0.8).catch((error: unknown) => error);
    if (typeof answer === "string") expect(answer).toMatch(/^(HTTP\/1\.1 \d{3} |$)/);
    else expect(answer).toMatchObject({ name: "LanError" });
  }
  expect(errors).toEqual([]);
  await clock.advance(600_000);
  expect(pair.host.figures().connections).toBe(0);
  expect(clock.timers).toBe(0);
});
