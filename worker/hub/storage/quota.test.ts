import { describe, expect, it } from "vitest";
import { noise } from "../../lan/testing/random";
import { OCI_MANIFEST } from "../manifest";
import { createMemoryStorage, type MemoryStorage } from "./memory-store";
import { catalogueOf, makeImage } from "../testing/sample-images";
import { brokenStream, SampleRegistry } from "../testing/sample-registry";

async function everything(sample: SampleRegistry): Promise<readonly string[]> {
  return [...(await sample.storage.blobs.list()), ...(await sample.storage.metadata.keys(""))];
}

async function usedBytes({ storage: { blobs, metadata } }: SampleRegistry): Promise<number> {
  let used = 0;
  for (const digest of await blobs.list()) used += (await blobs.size(digest)) ?? 0;
  for (const key of await metadata.keys("")) used += key.length + ((await metadata.get(key)) ?? "").length;
  return used;
}

describe("a full storage", { timeout: 30_000 }, () => {
  it("answers 507 with a code and a message, keeps what was there, and takes what fits", async () => {
    const sample = new SampleRegistry("private", { storage: createMemoryStorage(300_000) });
    const image = await makeImage({ layers: [{ "/noise": noise(100_000) }] });
    await sample.pushImage("a", "1", image);
    const before = await everything(sample);
    const location = await sample.startUpload("a");
    const patch = await sample.call("PATCH", location, { body: noise(400_000) });
    expect([patch.status, patch.codes]).toEqual([507, ["INSUFFICIENT_STORAGE"]]);
    expect(patch.text).toContain("storage is full, no space left on device");
    expect((await sample.call("GET", location)).status).toBe(404);
    expect(await everything(sample)).toEqual(before);
    expect(sample.failures).toHaveLength(1);
    expect((await sample.call("GET", "/v2/a/manifests/1")).bytes).toEqual(image.manifest);
    await sample.pushBlob("a", noise(50_000));
  });

  it("says so in the status line, where Docker shows it", async () => {
    const sample = new SampleRegistry("private", { storage: createMemoryStorage(10) });
    const response = await sample.registry.handle({
      method: "POST",
      url: `http://registry.test/v2/a/blobs/uploads/?digest=sha256:${"0".repeat(64)}`,
      headers: new Headers(),
      body: new Blob([noise(11)]).stream(),
    });
    expect(response.status).toBe(507);
    expect(response.statusText).toMatch(/^the registry's storage is full, no space left on device: [ -~]+$/);
  });

  it("refuses a manifest whole", async () => {
    const image = await makeImage({ layers: [{ "/a": "b" }] });
    const roomy = new SampleRegistry("private", { storage: createMemoryStorage(1_000_000) });
    for (const bytes of image.blobs.values()) await roomy.pushBlob("a", bytes);
    await roomy.pushBlob("a", noise(1_000_000 - 5_000));
    const large = JSON.stringify({
      ...(JSON.parse(new TextDecoder().decode(image.manifest)) as object),
      annotations: { pad: "x".repeat(5_000) },
    });
    const before = await everything(roomy);
    const answer = await roomy.pushManifest("a", "1", large, OCI_MANIFEST);
    expect([answer.status, answer.codes]).toEqual([507, ["INSUFFICIENT_STORAGE"]]);
    expect(await everything(roomy)).toEqual(before);
    expect((await roomy.call("GET", "/v2/a/tags/list")).codes).toEqual(["NAME_UNKNOWN"]);
  });

  it("takes back the bytes of a blob that it cannot link", async () => {
    const storage = createMemoryStorage(1_000);
    const sample = new SampleRegistry("private", { storage });
    await expect(sample.pushBlob("a", noise(990))).rejects.toThrow("507");
    expect(await storage.blobs.list()).toEqual([]);
    await sample.pushBlob("a", noise(800));
  });

  it("takes back the bytes of a blob that it cannot link for another reason", async () => {
    const storage = createMemoryStorage();
    const { metadata } = storage;
    const failing = {
      get: metadata.get.bind(metadata),
      keys: metadata.keys.bind(metadata),
      write: () => Promise.reject(new Error("the disk is broken")),
    };
    const sample = new SampleRegistry("private", { storage: { ...storage, metadata: failing } });
    await expect(sample.pushBlob("a", noise(990))).rejects.toThrow("500");
    expect(await storage.blobs.list()).toEqual([]);
  });

  it("leaves nothing of a layer that does not fit when it is borrowed from the catalogue", async () => {
    const image = await makeImage({ layers: [{ "/small": "x" }, { "/noise": noise(100_000) }] });
    const catalogue = catalogueOf([{ name: "library/web", tags: { latest: image } }]);
    const sample = new SampleRegistry("private", { catalogue, storage: createMemoryStorage(50_000) });
    const answer = await sample.pushManifest("team/app", "1", image.manifest, OCI_MANIFEST);
    expect(answer.status).toBe(507);
    expect((await sample.call("GET", "/v2/team/app/manifests/1")).status).toBe(404);
    expect((await sample.call("GET", `/v2/library/web/blobs/${image.layers[1] ?? ""}`)).status).toBe(200);
  });

  it("makes room of what is no longer needed", async () => {
    const sample = new SampleRegistry("private", { storage: createMemoryStorage(300_000) });
    await sample.pushBlob("a", noise(200_000));
    await expect(sample.pushBlob("a", noise(200_000))).rejects.toThrow("507");
    sample.time += 2 * 60 * 60 * 1000;
    await expect(sample.pushBlob("a", noise(200_000))).rejects.toThrow("507");
    await sample.pushBlob("a", noise(200_000));
  });
});

describe("room that a broken-off upload holds", { timeout: 30_000 }, () => {
  /** An upload whose client went away after `size` bytes; says where it is. */
  async function breakOff(sample: SampleRegistry, size: number): Promise<string> {
    const location = await sample.startUpload("a");
    await sample.call("PATCH", location, { body: brokenStream([noise(size)]) });
    expect((await sample.call("GET", location)).headers.get("range")).toBe(`0-${size - 1}`);
    sample.time += 1;
    return location;
  }

  it("is taken back when it is needed, the oldest first, and no more than that", async () => {
    const sample = new SampleRegistry("private", { storage: createMemoryStorage(300_000) });
    const locations = [await breakOff(sample, 100_000), await breakOff(sample, 100_000)];
    const empty = await sample.startUpload("a");
    await sample.pushBlob("a", noise(150_000));
    const statuses = [];
    for (const location of [...locations, empty]) statuses.push((await sample.call("GET", location)).status);
    expect(statuses).toEqual([404, 204, 204]);
    expect(sample.failures).toEqual([]);
  });

  it("is taken back for the next try of the same push, and for a manifest", async () => {
    const image = await makeImage({ layers: [{ "/noise": noise(100_000) }] });
    const sample = new SampleRegistry("private", { storage: createMemoryStorage(150_000) });
    await breakOff(sample, 80_000);
    for (const bytes of image.blobs.values()) await sample.pushBlob("a", bytes);
    await breakOff(sample, 150_000 - (await usedBytes(sample)) - 100);
    expect((await sample.pushManifest("a", "1", image.manifest, OCI_MANIFEST)).status).toBe(201);
  });

  it("is taken back for another registry of the same storage", async () => {
    const storage = createMemoryStorage(300_000);
    const own = new SampleRegistry("private", { storage });
    const location = await breakOff(own, 200_000);
    const other = new SampleRegistry("private", { storage });
    await other.pushBlob("a", noise(200_000));
    expect((await own.call("GET", location)).status).toBe(404);
  });

  it("is left to it while a request is writing to it", async () => {
    const sample = new SampleRegistry("private", { storage: createMemoryStorage(300_000) });
    const location = await sample.startUpload("a");
    let feed: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        feed = controller;
        controller.enqueue(noise(200_000));
      },
    });
    const patch = sample.call("PATCH", location, { body });
    await expect(sample.pushBlob("a", noise(200_000))).rejects.toThrow("507");
    feed?.close();
    expect((await patch).headers.get("range")).toBe("0-199999");
  });
});

describe("a copy of a storage", () => {
  it("has what the original had, and goes its own way with a limit of its own", async () => {
    const original = new SampleRegistry("private", { storage: createMemoryStorage(2_000) });
    await original.pushBlob("a", noise(800));
    const before = await everything(original);
    const storage = (original.storage as MemoryStorage).copy();
    const copy = new SampleRegistry("private", { storage });
    expect(await everything(copy)).toEqual(before);
    await expect(copy.pushBlob("a", noise(1_200))).rejects.toThrow("507");
    await copy.pushBlob("a", noise(700));
    expect(await everything(original)).toEqual(before);
    await original.pushBlob("a", noise(750));
    expect(await everything(copy)).not.toEqual(await everything(original));
  });
});
