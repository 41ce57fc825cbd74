import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { flipBit } from "../disk/testing/chunk-box";
import { firstDifference } from "../disk/testing/first-difference";
import { createDecompress } from "../disk/zstd";
import type { Catalogue } from "../hub/catalogue/catalogue";
import { bytesOf, type SampleCatalogue, sampleIndex } from "../hub/testing/sample-catalogue";
import { openHttpCatalogue } from "./http-catalogue";

const decompress = await createDecompress();

/** As much of the browser's Cache Storage as is used here. */
class Storage {
  readonly caches = new Map<string, Map<string, Response>>();

  open(name: string): Promise<unknown> {
    const entries = this.caches.get(name) ?? new Map<string, Response>();
    this.caches.set(name, entries);
    return Promise.resolve({
      match: (url: string) => Promise.resolve(entries.get(url)?.clone()),
      put: (url: string, response: Response) => Promise.resolve(entries.set(url, response)),
      delete: (request: { url: string } | string) =>
        Promise.resolve(entries.delete(typeof request === "string" ? request : request.url)),
      keys: () => Promise.resolve([...entries.keys()].map((url) => ({ url }))),
    });
  }
}

let sample: SampleCatalogue;
let server: Server;
let guestUrl: string;
/** Path under the guest's folder to what is served instead of the right bytes. */
let wrong: Map<string, Uint8Array | undefined>;
let asked: string[];

beforeEach(async () => {
  sample = await sampleIndex();
  wrong = new Map();
  asked = [];
  server = createServer((request, response) => {
    const path = (request.url ?? "").replace("/app/guest/", "");
    asked.push(path);
    const bytes = wrong.has(path) ? wrong.get(path) : rightBytes(path);
    if (bytes === undefined) response.writeHead(404);
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  guestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/app/guest/`;
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await stop();
});

async function stop(): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function rightBytes(path: string): Uint8Array | undefined {
  if (path === "catalogue.json") return Buffer.from(JSON.stringify(sample.index));
  const chunks = Object.values(sample.index.layers).flatMap((layer) => layer.chunks);
  const chunk = chunks.find(({ sha256 }) => path === `chunks/${sha256}`);
  return chunk === undefined ? undefined : sample.box.fileOf(chunk);
}

const open = (): Promise<Catalogue> => openHttpCatalogue({ guestUrl, decompress, retryDelays: [0] });

async function pull(catalogue: Catalogue): Promise<void> {
  const blob = catalogue.blob(sample.large);
  const parts: Uint8Array[] = [];
  for await (const part of (await blob?.open(0, blob.size)) ?? []) parts.push(part);
  expect(firstDifference(Buffer.concat(parts), bytesOf(sample.image, sample.large))).toBe(-1);
}

describe("the catalogue over HTTP", () => {
  it("reads its index from beside the manifest, and a layer when it is pulled", async () => {
    const catalogue = await open();
    expect(asked).toEqual(["catalogue.json"]);
    await pull(catalogue);
    expect(asked).toHaveLength(1 + 3);
  });

  it("fetches nothing twice, drops what a newer catalogue does not have, and pulls offline", async () => {
    const storage = new Storage();
    vi.stubGlobal("caches", storage);
    await pull(await open());
    const chunks = storage.caches.get("drydock-catalogue-1:/app/guest/");
    chunks?.set("/drydock-chunk/old", new Response("old"));
    asked = [];
    await pull(await open());
    expect(asked).toEqual(["catalogue.json"]);
    expect(chunks?.size).toBe(3);
    const catalogue = await open();
    await stop();
    await pull(catalogue);
  });

  it("says that there is no network when there is none", async () => {
    vi.stubGlobal("caches", new Storage());
    await stop();
    await expect(open()).rejects.toMatchObject({ code: "network", subject: `${guestUrl}catalogue.json` });
  });

  it("stops when it is cancelled", async () => {
    const signal = AbortSignal.abort();
    await expect(openHttpCatalogue({ guestUrl, decompress, signal })).rejects.toMatchObject({
      name: "DrydockError",
    });
  });
});

describe("what is not an index", () => {
  it.each<[string, () => Uint8Array | undefined, string]>([
    ["is missing", () => undefined, "network"],
    ["is cut off", () => rightBytes("catalogue.json")?.subarray(0, -10), "bad-manifest"],
    ["is a page", () => Buffer.from("<html>"), "bad-manifest"],
    ["is of another format", () => Buffer.from('{"format":1}'), "version-mismatch"],
  ])("is a named error when it %s", async (_, answer, code) => {
    wrong.set("catalogue.json", answer());
    await expect(open()).rejects.toMatchObject({ code, subject: `${guestUrl}catalogue.json` });
  });
});

it.each<[string, (right: Uint8Array) => Uint8Array | undefined]>([
  ["altered", (right) => flipBit(right)],
  ["cut off", (right) => right.subarray(0, -1)],
  ["missing", () => undefined],
])(
  "fails the pull when a chunk is %s, keeps nothing of it, and works once it is right",
  async (_, change) => {
    const storage = new Storage();
    vi.stubGlobal("caches", storage);
    const path = `chunks/${sample.index.layers[sample.large]?.chunks[0]?.sha256 ?? ""}`;
    wrong.set(path, change(rightBytes(path) ?? new Uint8Array()));
    const catalogue = await open();
    await expect(catalogue.blob(sample.large)?.open(0, 10)).rejects.toMatchObject({ code: "bad-chunk" });
    expect(asked.filter((each) => each === path)).toHaveLength(2);
    wrong.clear();
    await pull(catalogue);
  },
);
