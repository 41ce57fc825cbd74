/** The HTTP server over a LAN of two endpoints, in virtual time. */
import { afterEach, describe, expect, it } from "vitest";
import { createHttpScene, type HttpScene } from "../../lan/testing/http-client";
import { pattern } from "../../lan/testing/random";
import { HttpError } from "../errors";
import { latin1Bytes } from "../latin1";
import { readText } from "../testing/chunks";
import type { HttpHandler, HttpRequest } from "./handler";
import type { HttpServerOptions } from "./server";

const MINUTES = 60_000;
const scenes: HttpScene[] = [];
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function scene(handler: HttpHandler, options: Partial<HttpServerOptions> = {}): HttpScene {
  const made = createHttpScene({ handler, ...options }, settle);
  scenes.push(made);
  return made;
}

/** Nothing stays behind, whatever a test did. */
afterEach(async () => {
  for (const { clock, pair } of scenes.splice(0)) {
    await clock.advance(30 * MINUTES);
    expect(pair.host.figures().connections).toBe(0);
    expect(clock.timers).toBe(0);
  }
});

async function bodyText({ body }: HttpRequest): Promise<string> {
  return body === null ? "" : await readText(body);
}

/** Answers with what it understood. */
const echo: HttpHandler = async (request) => {
  const { method, url, headers } = request;
  const text = JSON.stringify({
    method,
    url,
    body: await bodyText(request),
    type: headers.get("content-type"),
  });
  return new Response(text, { headers: { "content-length": String(text.length) } });
};

const get = (target: string, more = ""): string => `GET ${target} HTTP/1.1\r\nHost: hub\r\n${more}\r\n`;
const status = (answer: string): string => /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? answer;
const bodies = (answer: string): unknown[] =>
  [...answer.matchAll(/\{.*?\}/g)].map(([json]) => JSON.parse(json) as unknown);

describe("an exchange", () => {
  it("has a status line, a date, the response's own fields and a length", async () => {
    const { exchange } = scene(() =>
      Promise.resolve(new Response("hi", { status: 201, headers: { "content-length": "2", "x-a": "b" } })),
    );
    const answer = await exchange(get("/"));
    const lines = answer.split("\r\n");
    expect(lines[0]).toBe("HTTP/1.1 201 Created");
    expect(lines).toContain("Date: Thu, 01 Jan 2026 00:00:00 GMT");
    expect(lines).toContain("x-a: b");
    expect(lines).toContain("content-length: 2");
    expect(answer.endsWith("\r\n\r\nhi")).toBe(true);
  });

  it("carries the status text of the response, on one line", async () => {
    const statusText = "no space left on device";
    const { exchange } = scene(() => Promise.resolve(new Response(null, { status: 507, statusText })));
    expect((await exchange(get("/"))).split("\r\n")[0]).toBe(`HTTP/1.1 507 ${statusText}`);
  });

  it("gives the handler an absolute URL with the scheme of the face and the client's host", async () => {
    const { exchange } = scene(echo, { scheme: "https" });
    const answer = await exchange(
      "GET /v2/?a=b HTTP/1.1\r\nHost: auth.docker.io\r\n\r\nGET http://elsewhere/x?y HTTP/1.1\r\nHost: hub:5000\r\n\r\n",
    );
    expect(bodies(answer)).toMatchObject([
      { method: "GET", url: "https://auth.docker.io/v2/?a=b" },
      { url: "https://hub:5000/x?y" },
    ]);
  });

  it.each([
    ["Content-Length", "Content-Length: 5\r\n\r\nhello"],
    ["chunks", "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;name=value\r\nllo\r\n0\r\nTrailer: x\r\n\r\n"],
    ["chunks with hex digits and blanks", "Transfer-Encoding: Chunked\r\n\r\n0005 \r\nhello\r\n000\r\n\r\n"],
  ])("takes a body by %s, and the request after it", async (_, body) => {
    const { exchange } = scene(echo);
    const answer = await exchange(`PUT /a HTTP/1.1\r\nHost: h\r\nContent-Type: t\r\n${body}${get("/b")}`);
    expect(bodies(answer)).toEqual([
      { method: "PUT", url: "http://h/a", body: "hello", type: "t" },
      { method: "GET", url: "http://hub/b", body: "", type: null },
    ]);
  });

  it("sends a body without a length in chunks, and one of HTTP/1.0 until the end", async () => {
    const stream = (): ReadableStream<Uint8Array> => new Blob(["stream"]).stream();
    const { exchange } = scene(() => Promise.resolve(new Response(stream())));
    const modern = await exchange(get("/"));
    expect(modern).toContain("transfer-encoding: chunked\r\n");
    expect(modern.endsWith("\r\n\r\n6\r\nstream\r\n0\r\n\r\n")).toBe(true);
    const old = await exchange("GET / HTTP/1.0\r\n\r\n", false);
    expect(old).toContain("connection: close");
    expect(old.endsWith("\r\n\r\nstream")).toBe(true);
  });

  it("answers HEAD with GET's length and no body", async () => {
    const { exchange } = scene(({ method }) =>
      Promise.resolve(
        new Response(method === "HEAD" ? null : "x", { headers: { "content-length": "12345" } }),
      ),
    );
    const answer = await exchange("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nHEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    expect(answer.match(/content-length: 12345/g)).toHaveLength(2);
    expect(answer.endsWith("\r\n\r\n")).toBe(true);
  });

  it.each([204, 304])("sends no body and no length with %i", async (code) => {
    const { exchange } = scene(() => Promise.resolve(new Response(null, { status: code })));
    const answer = await exchange(get("/"));
    expect(status(answer)).toBe(String(code));
    expect(answer).not.toContain("content-length");
  });

  it("answers a person at nc: HTTP/1.0, bare line feeds, no Host", async () => {
    const { exchange } = scene(echo);
    expect(bodies(await exchange("GET /v2/ HTTP/1.0\n\n", false))).toMatchObject([
      { url: "http://10.0.2.2/v2/" },
    ]);
  });
});

describe("the connection", () => {
  it("is used again, in the order of the requests", async () => {
    let open = 0;
    const { exchange } = scene(async (request) => {
      open += 1;
      const alone = open === 1;
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return alone ? echo(request) : new Response(null, { status: 500 });
    });
    const answer = await exchange(Array.from({ length: 20 }, (_, at) => get(`/${at}`)).join(""));
    const urls = bodies(answer).map((body) => (body as { url: string }).url);
    expect(urls).toEqual(Array.from({ length: 20 }, (_, at) => `http://hub/${at}`));
  });

  it.each([
    ["Connection: close", get("/", "Connection: Close\r\n")],
    ["HTTP/1.0", "GET / HTTP/1.0\r\nHost: h\r\n\r\n"],
  ])("ends after the answer to %s", async (_, request) => {
    const { exchange } = scene(echo);
    const answer = await exchange(request + request, false);
    expect(bodies(answer)).toHaveLength(1);
    expect(answer).toContain("connection: close\r\n");
  });

  it("of HTTP/1.0 stays for one that asks for it", async () => {
    const { exchange } = scene(echo);
    const request = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    const answer = await exchange(request + request);
    expect(bodies(answer)).toHaveLength(2);
    expect(answer).toContain("connection: keep-alive\r\n");
  });

  it("goes on after a short unread body, and ends after a long one", async () => {
    const { exchange } = scene(() => Promise.resolve(new Response(null, { status: 401 })));
    const short = `PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n${"x".repeat(1000)}`;
    const answer = await exchange(short + short);
    expect(answer.match(/HTTP\/1\.1 401/g)).toHaveLength(2);
    const size = 3_000_000;
    const long = `PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n${"x".repeat(size)}`;
    const refused = await exchange(long + get("/"));
    expect(refused.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(refused).toContain("connection: close");
  });

  it("is closed when nothing is asked for two minutes", async () => {
    const { clock, connect } = scene(echo);
    const connection = await connect();
    const begin = clock.now();
    expect(await clock.wait(readText(connection.readable), 10 * MINUTES)).toBe("");
    expect(clock.now() - begin).toBeGreaterThanOrEqual(120_000);
    await clock.wait(connection.writable.close(), MINUTES);
  });

  it("tells nobody when the client goes away in the middle of its request or of the answer", async () => {
    const endless: HttpHandler = async (request) => {
      if (request.method === "PUT") return new Response(await bodyText(request));
      return new Response(
        new ReadableStream({ pull: (controller) => controller.enqueue(pattern(0, 65_536)) }),
      );
    };
    const { clock, connect, errors } = scene(endless);
    for (const request of [get("/"), "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf"]) {
      const connection = await connect();
      await connection.writable.getWriter().write(latin1Bytes(request));
      await clock.advance(100);
      connection.abort();
      await clock.advance(100);
    }
    expect(errors).toEqual([]);
  });
});

describe("Expect: 100-continue", () => {
  const request = "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n";

  it("is answered when the body is read", async () => {
    const { clock, connect } = scene(echo);
    const connection = await connect();
    const writer = connection.writable.getWriter();
    const reading = readText(connection.readable);
    await writer.write(latin1Bytes(request));
    await clock.advance(5000);
    await writer.write(latin1Bytes("hello"));
    const closing = writer.close();
    const answer = await clock.wait(reading, MINUTES);
    expect(answer.startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")).toBe(true);
    expect(bodies(answer)).toMatchObject([{ body: "hello" }]);
    await clock.wait(closing, MINUTES);
  });

  it("gets the final answer alone when the body is not wanted, and the connection ends", async () => {
    const { exchange } = scene(() => Promise.resolve(new Response(null, { status: 401 })));
    const answer = await exchange(request, false);
    expect(answer).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(answer).toContain("connection: close");
  });
});

describe("back-pressure", () => {
  it("holds the answer while the client does not read", async () => {
    let made = 0;
    const { clock, connect } = scene(() =>
      Promise.resolve(
        new Response(
          new ReadableStream({
            pull: (controller) => {
              made += 65_536;
              controller.enqueue(pattern(0, 65_536));
            },
          }),
        ),
      ),
    );
    const connection = await connect();
    await connection.writable.getWriter().write(latin1Bytes(get("/")));
    await clock.advance(60_000);
    // Both ends' buffers are a megabyte and a half.
    expect(made).toBeLessThan(3_000_000);
    connection.abort();
  });

  it("holds the client while the body is not read", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { clock, connect } = scene(async (request) => {
      await held;
      return new Response(String((await bodyText(request)).length));
    });
    const connection = await connect();
    const writer = connection.writable.getWriter();
    let sent = 0;
    await writer.write(
      latin1Bytes("PUT / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 8000000\r\n\r\n"),
    );
    const sending = (async () => {
      for (; sent < 8_000_000; sent += 80_000) await writer.write(pattern(sent, 80_000));
    })();
    await clock.advance(60_000);
    expect(sent).toBeLessThan(3_000_000);
    release();
    await clock.wait(sending, MINUTES);
    expect(await clock.wait(readText(connection.readable), MINUTES)).toContain("8000000");
    await clock.wait(writer.close(), MINUTES);
  });
});

describe("what is wrong with a request", () => {
  const refused: readonly (readonly [string, string, number])[] = [
    ["no request line", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n", 400],
    ["one word", "GET\r\n\r\n", 400],
    ["two blanks", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["no version", "GET /\r\n\r\n", 400],
    ["another protocol", "GET / ICY/1.1\r\n\r\n", 400],
    ["a TLS greeting", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n", 400],
    ["a version of one number", "GET / HTTP/1\r\n\r\n", 400],
    ["HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
    ["HTTP/0.9 spelt out", "GET / HTTP/0.9\r\n\r\n", 505],
    ["a method that is no token", "G{T / HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["an unknown method", "BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501],
    ["CONNECT", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 501],
    ["a target without a slash", "GET v2 HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["a control character in the target", "GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n", 400],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400],
    ["a Host that is not one", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
    ["a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400],
    ["a port that is not one", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400],
    ["a field without a colon", "GET / HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n", 400],
    ["a blank before the colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400],
    ["a folded line", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n", 400],
    ["an empty field name", "GET / HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n", 400],
    ["a NUL in a field", "GET / HTTP/1.1\r\nHost: h\r\nA: \0\r\n\r\n", 400],
    ["a bare CR in a field", "GET / HTTP/1.1\r\nHost: h\r\nA: b\rC: d\r\n\r\n", 400],
    ["a negative length", "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400],
    ["a length in hex", "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x10\r\n\r\n", 400],
    ["two lengths", "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400],
    [
      "length and chunks",
      "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      400,
    ],
    ["another coding", "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501],
    [
      "chunked that is not last",
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
      400,
    ],
    ["chunks in HTTP/1.0", "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400],
    ["an unknown expectation", "GET / HTTP/1.1\r\nHost: h\r\nExpect: luck\r\n\r\n", 417],
    ["a huge length", "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999999999\r\n\r\n", 413],
    ["a long target", `GET /${"a".repeat(17_000)} HTTP/1.1\r\nHost: h\r\n\r\n`, 414],
    ["a line without an end", "a".repeat(100_000), 414],
    ["a long field", `GET / HTTP/1.1\r\nHost: h\r\nA: ${"a".repeat(70_000)}\r\n\r\n`, 431],
    ["many fields", `GET / HTTP/1.1\r\nHost: h\r\n${"A: b\r\n".repeat(300)}\r\n`, 431],
    ["a head that breaks off", "GET / HTTP/1.1\r\nHost: h\r\n", 400],
  ];

  it.each(refused)("%s", async (_, request, code) => {
    const { exchange, errors } = scene(echo);
    const answer = await exchange(request);
    expect(status(answer)).toBe(String(code));
    expect(answer.match(/^HTTP\/1\.1/gm)).toHaveLength(1);
    expect(answer).toContain("connection: close");
    expect(errors).toEqual([]);
  });

  it.each([
    ["a chunk size that is not a number", "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"],
    ["a chunk longer than its size", "Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n"],
    ["a chunk size of 17 digits", "Transfer-Encoding: chunked\r\n\r\n11111111111111111\r\n"],
    ["chunks that break off", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"],
    ["a body that breaks off", "Content-Length: 10\r\n\r\nhel"],
  ])("%s: the reader of the body is told, and the client too", async (_, rest) => {
    const seen: unknown[] = [];
    const { exchange, errors } = scene(async (request) => {
      try {
        return await echo(request);
      } catch (error) {
        seen.push(error);
        throw error;
      }
    });
    const answer = await exchange(`PUT / HTTP/1.1\r\nHost: h\r\n${rest}`);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeInstanceOf(HttpError);
    expect(status(answer)).toBe("400");
    expect(errors).toEqual([]);
  });

  it("refuses chunks above the limit with 413", async () => {
    const { exchange } = scene(echo, { limits: { bodyBytes: 10 } });
    const answer = await exchange(
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello, world",
    );
    expect(status(answer)).toBe("413");
  });

  it.each([
    ["a head", "GET / HT"],
    ["a body", "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel"],
  ])("answers 408 when %s does not go on", async (_, request) => {
    const { exchange } = scene(echo);
    expect(status(await exchange(request, false))).toBe("408");
  });

  it("answers a TLS greeting at once, for a client that tries that first", async () => {
    const { clock, exchange } = scene(echo);
    const begin = clock.now();
    expect(status(await exchange("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", false))).toBe("400");
    // Without the time that the server lingers for what is still sent.
    expect(clock.now() - begin).toBeLessThan(12_000);
  });

  it("does not let a client that sends a byte at a time hold on to a head", async () => {
    const { clock, connect } = scene(echo);
    const connection = await connect();
    const writer = connection.writable.getWriter();
    const reading = readText(connection.readable);
    const begin = clock.now();
    writer.closed.catch(() => undefined);
    for (let at = 0; at < 100 && clock.now() - begin < 60_000; at += 1) {
      writer.write(latin1Bytes("a")).catch(() => undefined);
      await clock.advance(1000);
    }
    expect(status(await clock.wait(reading, MINUTES))).toBe("408");
    connection.abort();
  });
});

describe("what is wrong with an answer", () => {
  it("is 500 when the handler throws, and the connection goes on", async () => {
    const { exchange, errors } = scene(() => Promise.reject(new Error("oops")));
    const answer = await exchange(get("/") + get("/"));
    expect(answer.match(/HTTP\/1\.1 500/g)).toHaveLength(2);
    expect(answer).not.toContain("oops");
    expect(errors).toHaveLength(2);
  });

  it("is 500 when the body fails at once", async () => {
    const { exchange, errors } = scene(() =>
      Promise.resolve(new Response(new ReadableStream({ pull: () => Promise.reject(new Error("oops")) }))),
    );
    expect(status(await exchange(get("/")))).toBe("500");
    expect(errors).toHaveLength(1);
  });

  it.each([
    ["fails in the middle", ["abc", undefined], {}],
    ["is shorter than its length", ["abc"], { "content-length": "10" }],
    ["is longer than its length", ["abc", "def"], { "content-length": "5" }],
  ] as const)("resets the connection when the body %s", async (_, parts, headers) => {
    const rest: (string | undefined)[] = [...parts];
    const { clock, connect, errors } = scene(() =>
      Promise.resolve(
        new Response(
          new ReadableStream({
            pull: (controller) => {
              const part = rest.length === 0 ? "" : rest.shift();
              if (part === undefined) controller.error(new Error("oops"));
              else if (part === "") controller.close();
              else controller.enqueue(latin1Bytes(part));
            },
          }),
          { headers },
        ),
      ),
    );
    const connection = await connect();
    await connection.writable.getWriter().write(latin1Bytes(get("/")));
    const closed = await clock.wait(connection.closed, MINUTES);
    expect(closed?.code).toBe("reset");
    expect(errors).toHaveLength(1);
  });
});
