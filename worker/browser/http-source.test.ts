import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Chunk, MANIFEST_FORMAT } from "../../contract/manifest";
import { ChunkFetcher } from "../disk/chunk-fetcher";
import { nameChunk } from "../disk/testing/chunk-box";
import { sampleManifest } from "../disk/testing/sample-manifest";
import { pattern } from "../lan/testing/random";
import { parseManifest } from "../disk/read-manifest";
import { fetchManifest, httpChunkSource } from "./http-source";

const content = pattern(1, 100_000);
const chunk: Chunk = nameChunk(content);
const manifest = sampleManifest();

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server on the loopback; the URL of its guest folder. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/app/guest/`;
}

/** The URL of a port where nobody listens. */
async function deadUrl(): Promise<string> {
  const url = await serve(() => undefined);
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  return url;
}

/** Promises 100,000 bytes, sends a few and cuts the line. */
const cutShort: RequestListener = (_, response) => {
  response.writeHead(200, { "content-length": content.byteLength });
  response.write(content.subarray(0, 1000), () => response.destroy());
};

const answerStatus =
  (status: number): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end("<html>an error page</html>");

describe("httpChunkSource", () => {
  it("reads a chunk from the folder beside the manifest, past every cache", async () => {
    const asked: (string | undefined)[][] = [];
    const url = await serve((request, response) => {
      asked.push([request.method, request.url, request.headers["cache-control"], request.headers.cookie]);
      response.end(content);
    });
    expect(await httpChunkSource(url).read(chunk)).toEqual(content);
    expect(asked).toEqual([["GET", `/app/guest/chunks/${chunk.sha256}`, "no-cache", undefined]]);
  });

  it.each([
    [404, "bad-chunk"],
    [410, "bad-chunk"],
    [403, "network"],
    [429, "network"],
    [500, "network"],
    [503, "network"],
  ])("says of a %i that it is %s", async (status, code) => {
    const url = await serve(answerStatus(status));
    await expect(httpChunkSource(url).read(chunk)).rejects.toMatchObject({
      name: "DrydockError",
      code,
      subject: `${url}chunks/${chunk.sha256}`,
      message: expect.stringContaining(String(status)) as unknown,
    });
  });

  it("fails when the line is cut in the middle", async () => {
    const url = await serve(cutShort);
    await expect(httpChunkSource(url).read(chunk)).rejects.toMatchObject({ code: "network" });
  });

  it("fails when the line is cut before the first byte, or nobody is there", async () => {
    const url = await serve((request) => request.socket.destroy());
    await expect(httpChunkSource(url).read(chunk)).rejects.toMatchObject({ code: "network" });
    await expect(httpChunkSource(await deadUrl()).read(chunk)).rejects.toMatchObject({ code: "network" });
  });

  it("hands on what a server without lengths sends, for the fetcher to refuse", async () => {
    const url = await serve((_, response) => response.end(content.subarray(0, 1000)));
    expect(await httpChunkSource(url).read(chunk)).toHaveLength(1000);
  });

  it("stops when it is cancelled", async () => {
    const abort = new AbortController();
    const url = await serve(() => abort.abort());
    await expect(httpChunkSource(url).read(chunk, abort.signal)).rejects.toThrow();
    const fetcher = new ChunkFetcher({ source: httpChunkSource(await serve(() => second.abort())) });
    const second = new AbortController();
    await expect(fetcher.fetch(chunk, second.signal)).rejects.toMatchObject({ code: "aborted" });
  });

  it("gets a chunk at last from a server that is first away, then wrong, then cut off", async () => {
    const answers: RequestListener[] = [
      answerStatus(503),
      (_, response) => response.end(pattern(2, content.byteLength)),
      cutShort,
      (_, response) => response.end(content),
    ];
    const url = await serve((request, response) => answers.shift()?.(request, response));
    const fetcher = new ChunkFetcher({ source: httpChunkSource(url), retryDelays: [1, 1, 1] });
    expect(await fetcher.fetch(chunk)).toEqual(content);
    expect(answers).toEqual([]);
    expect(fetcher.counts.retries).toBe(3);
  });

  it("fails in the end with the chunk's name", async () => {
    const url = await serve(answerStatus(404));
    const fetcher = new ChunkFetcher({ source: httpChunkSource(url), retryDelays: [1] });
    await expect(fetcher.fetch(chunk)).rejects.toMatchObject({ code: "bad-chunk", subject: chunk.sha256 });
  });
});

describe("fetchManifest", () => {
  it("reads and validates manifest.json", async () => {
    const urls: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      urls.push(request.url);
      response.end(JSON.stringify(manifest));
    });
    expect(await fetchManifest(url)).toEqual(manifest);
    expect(urls).toEqual(["/app/guest/manifest.json"]);
  });

  const failing: [string, RequestListener, string][] = [
    ["is not there", answerStatus(404), "network"],
    ["is behind a broken server", answerStatus(500), "network"],
    ["is cut off in the middle", cutShort, "network"],
    ["is an HTML page", answerStatus(200), "bad-manifest"],
    ["is empty", (_, response) => response.end(), "bad-manifest"],
    [
      "is half a JSON text",
      (_, response) => response.end(JSON.stringify(manifest).slice(0, 99)),
      "bad-manifest",
    ],
    ["is other JSON", (_, response) => response.end("[1, 2, 3]"), "bad-manifest"],
    ["is of another format", (_, response) => response.end('{"format": 99}'), "version-mismatch"],
  ];
  it.each(failing)("fails when it %s", async (_, listener, code) => {
    const url = await serve(listener);
    await expect(fetchManifest(url)).rejects.toMatchObject({
      name: "DrydockError",
      code,
      subject: `${url}manifest.json`,
    });
  });

  it("fails when nobody is there", async () => {
    await expect(fetchManifest(await deadUrl())).rejects.toMatchObject({ code: "network" });
  });

  it("stops when it is cancelled", async () => {
    const abort = new AbortController();
    const url = await serve(() => abort.abort());
    await expect(fetchManifest(url, abort.signal)).rejects.toThrow();
  });
});

describe("parseManifest", () => {
  it("returns a manifest", () => {
    expect(parseManifest(JSON.parse(JSON.stringify(manifest)), "m")).toEqual(manifest);
  });

  it.each([0, 1, MANIFEST_FORMAT + 1, 99, 1.5])(
    "tells format %d from a broken one, though the rest may be anything",
    (format) => {
      for (const json of [{ format }, { ...manifest, format }]) {
        expect(() => parseManifest(json, "m")).toThrow(
          expect.objectContaining({ code: "version-mismatch", subject: "m" }),
        );
      }
    },
  );

  it.each([
    undefined,
    null,
    7,
    "text",
    [],
    {},
    { ...manifest, format: "1" },
    { ...manifest, format: null },
    { ...manifest, id: "x" },
    { ...manifest, blocks: undefined },
  ])("calls %j a bad manifest and says where", (json) => {
    expect(() => parseManifest(json, "m")).toThrow(
      expect.objectContaining({ code: "bad-manifest", subject: "m" }),
    );
  });

  it("names the value that is wrong", () => {
    expect(() => parseManifest({ ...manifest, id: "x" }, "m")).toThrow(/id/);
  });
});
