import { describe, expect, it } from "vitest";
import { ByteReader } from "../byte-reader";
import { fieldValue, fieldValues } from "../headers";
import { readResponse, type HttpResponse } from "./response";
import { latin1Bytes } from "../latin1";
import { readText, streamOf } from "../testing/chunks";

async function read(text: string, method = "GET"): Promise<HttpResponse & { text: string }> {
  const response = await readResponse(new ByteReader(streamOf([text])), method);
  return { ...response, text: await readText(response.body) };
}

/** Every way of cutting a text in two, and one byte at a time. */
function cuts(text: string): string[][] {
  const pairs = Array.from({ length: text.length }, (_, at) => [text.slice(0, at), text.slice(at)]);
  return [...pairs, Array.from(text)];
}

const CHUNKED =
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name=value\r\nhello\r\nA\r\n, chunked!\r\n0\r\nTrailer: x\r\n\r\n";

describe("a response", () => {
  it("has its status, its fields in order, and a body as long as it says", async () => {
    const response = await read(
      "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nSet-Cookie: a=1\r\nset-cookie:  b=2 \r\n\r\ngone and more",
    );
    expect(response).toMatchObject({ status: 404, reason: "Not Found", text: "gone" });
    expect(fieldValues(response.headers, "Set-Cookie")).toEqual(["a=1", "b=2"]);
    expect(fieldValue(response.headers, "CONTENT-LENGTH")).toBe("4");
    expect(fieldValue(response.headers, "etag")).toBeUndefined();
    expect(await response.reusable).toBe(true);
  });

  it("is the same wherever its bytes are cut", async () => {
    for (const pieces of cuts(CHUNKED)) {
      const response = await readResponse(new ByteReader(streamOf(pieces)), "GET");
      expect(await readText(response.body)).toBe("hello, chunked!");
      expect(await response.reusable).toBe(true);
    }
  });

  it("is followed by the next one on the same connection", async () => {
    const reader = new ByteReader(
      streamOf([`${CHUNKED}HTTP/1.1 204 No Content\r\n\r\nHTTP/1.0 200\r\n\r\nrest`]),
    );
    expect(await readText((await readResponse(reader, "GET")).body)).toBe("hello, chunked!");
    const second = await readResponse(reader, "GET");
    expect(second.status).toBe(204);
    expect(await readText(second.body)).toBe("");
    const third = await readResponse(reader, "GET");
    expect(await readText(third.body)).toBe("rest");
    expect(await third.reusable).toBe(false);
  });

  it.each([
    ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 200],
    ["GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n", 304],
    ["GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200],
  ])("to %s has no body: %j", async (method, text, status) => {
    const response = await read(text, method);
    expect(response).toMatchObject({ status, text: "" });
    expect(await response.reusable).toBe(true);
  });

  it("comes after interim ones, which are passed over", async () => {
    const response = await read(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 \r\nContent-Length: 2\r\n\r\nok",
    );
    expect(response).toMatchObject({ status: 201, text: "ok" });
  });

  it("of another protocol goes on with its bytes", async () => {
    const response = await read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: tcp\r\n\r\n\x00\xffraw");
    expect(response).toMatchObject({ status: 101, text: "\x00\xffraw" });
    expect(await response.reusable).toBe(false);
  });

  it("ends with the connection when it has no length", async () => {
    const response = await read("HTTP/1.0 200 OK\nContent-Type: text/html\n\n<p>old</p>");
    expect(response.text).toBe("<p>old</p>");
    expect(await response.reusable).toBe(false);
  });

  it("takes fields that are broken over lines", async () => {
    const response = await read(
      "HTTP/1.1 200 OK\r\nX-Long: one\r\n\ttwo\r\n three\r\nContent-Length: 0\r\n\r\n",
    );
    expect(fieldValue(response.headers, "x-long")).toBe("one two three");
  });

  it.each([
    ["Connection: close\r\nContent-Length: 1\r\n", "1.1", false],
    ["Connection: Keep-Alive\r\nContent-Length: 1\r\n", "1.0", true],
    ["Content-Length: 1\r\n", "1.0", false],
    ["Content-Length: 1\r\n", "1.1", true],
  ])("with %j in HTTP/%s leaves the connection usable: %s", async (fields, version, expected) => {
    const response = await read(`HTTP/${version} 200 OK\r\n${fields}\r\nx`);
    expect(await response.reusable).toBe(expected);
  });

  it("takes a length that is said twice in the same words", async () => {
    expect((await read("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\nContent-Length: 2\r\n\r\nok")).text).toBe(
      "ok",
    );
  });

  it("is given up when its body is cancelled", async () => {
    let cancelled: unknown;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) =>
        controller.enqueue(latin1Bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")),
      cancel: (reason) => {
        cancelled = reason;
      },
    });
    const response = await readResponse(new ByteReader(stream), "GET");
    await response.body.cancel("enough");
    expect(cancelled).toBe("enough");
    expect(await response.reusable).toBe(false);
  });
});

describe("bad bytes", () => {
  it.each([
    ["nothing", "", "closed"],
    ["half a status line", "HTTP/1.1 20", "closed"],
    ["half a head", "HTTP/1.1 200 OK\r\nServer: x\r\n", "closed"],
    ["another protocol", "SSH-2.0-dropbear\r\n\r\n", "malformed"],
    ["another version", "HTTP/2.0 200 OK\r\n\r\n", "malformed"],
    ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "malformed"],
    ["a status below 100", "HTTP/1.1 042 No\r\n\r\n", "malformed"],
    ["a field without a colon", "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", "malformed"],
    ["a continued line before any field", "HTTP/1.1 200 OK\r\n folded\r\n\r\n", "malformed"],
    ["a field's name with a space", "HTTP/1.1 200 OK\r\na b: c\r\n\r\n", "malformed"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "malformed"],
    ["a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "malformed"],
    ["an unknown encoding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: br, chunked\r\n\r\n", "malformed"],
    ["a head without an end", `HTTP/1.1 200 OK\r\nX: ${"y".repeat(70_000)}`, "too-large"],
    ["too many fields", `HTTP/1.1 200 OK\r\n${"X-Field: yyyyyyyy\r\n".repeat(5000)}`, "too-large"],
    ["random bytes", "\x00\x01\xfe\xff\x80\n\n\n", "malformed"],
  ])("%s are refused", async (_, text, code) => {
    await expect(read(text)).rejects.toMatchObject({ name: "HttpError", code });
  });

  it.each([
    ["a body that ends early", "Content-Length: 10\r\n\r\nfour", "closed"],
    ["a chunk that ends early", "Transfer-Encoding: chunked\r\n\r\n8\r\nfour", "closed"],
    ["no last chunk", "Transfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n", "closed"],
    ["a chunk longer than its size", "Transfer-Encoding: chunked\r\n\r\n2\r\nfour\r\n0\r\n\r\n", "malformed"],
    ["a size that is not a number", "Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n", "malformed"],
    ["a negative size", "Transfer-Encoding: chunked\r\n\r\n-4\r\nfour\r\n", "malformed"],
    ["an endless size", `Transfer-Encoding: chunked\r\n\r\n${"0".repeat(9000)}`, "too-large"],
    ["endless trailers", `Transfer-Encoding: chunked\r\n\r\n0\r\n${"X: y\r\n".repeat(20_000)}`, "too-large"],
  ])("%s fail the body", async (_, rest, code) => {
    const response = await readResponse(new ByteReader(streamOf([`HTTP/1.1 200 OK\r\n${rest}`])), "GET");
    await expect(readText(response.body)).rejects.toMatchObject({ name: "HttpError", code });
    expect(await response.reusable).toBe(false);
  });

  it("of a connection that fails come with its own error", async () => {
    const reset = new Error("reset by the guest");
    const reader = new ByteReader(streamOf(["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"], reset));
    const response = await readResponse(reader, "GET");
    await expect(readText(response.body)).rejects.toMatchObject({ code: "lost", cause: reset });
  });

  it("never hang and never throw anything but their own error", async () => {
    // A small generator of its own, so that a failure can be repeated.
    let state = 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 3000; round++) {
      const bytes = latin1Bytes(CHUNKED);
      for (let flips = random(4) + 1; flips > 0; flips--) {
        const at = random(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
      }
      const cut = bytes.subarray(0, random(bytes.length + 1));
      try {
        const response = await readResponse(new ByteReader(streamOf([cut])), "GET");
        await readText(response.body);
      } catch (error) {
        expect(error).toMatchObject({ name: "HttpError" });
      }
    }
  });
});
