import { describe, expect, it } from "vitest";
import { dropImages } from "./garbage";
import { makeImage } from "../testing/sample-images";
import { SampleRegistry } from "../testing/sample-registry";

const HOUR = 60 * 60 * 1000;
const image = await makeImage({ layers: [{ "/a": "b" }] });
const bytesOf = (sizes: Iterable<Uint8Array>) => [...sizes].reduce((sum, bytes) => sum + bytes.length, 0);

describe("garbage", () => {
  it("is a blob that no manifest names, once it is an hour old", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", "1", image);
    const orphan = new TextEncoder().encode("pushed and forgotten");
    const digest = await sample.pushBlob("a", orphan);
    sample.time += HOUR - 1;
    expect(await sample.registry.collectGarbage()).toEqual({ links: 0, blobs: 0, bytes: 0 });
    sample.time += 1;
    expect(await sample.registry.collectGarbage()).toEqual({ links: 1, blobs: 1, bytes: orphan.length });
    expect((await sample.call("GET", `/v2/a/blobs/${digest}`)).status).toBe(404);
    for (const blob of image.blobs.keys())
      expect((await sample.call("GET", `/v2/a/blobs/${blob}`)).status).toBe(200);
  });

  it("is an image whose manifest was deleted, unless another repository has it", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", "1", image);
    await sample.pushImage("b", "1", image);
    sample.time += HOUR;
    await sample.call("DELETE", `/v2/a/manifests/${image.digest}`);
    const count = image.blobs.size;
    expect(await sample.registry.collectGarbage()).toEqual({ links: count, blobs: 0, bytes: 0 });
    await sample.call("DELETE", `/v2/b/manifests/${image.digest}`);
    const bytes = bytesOf(image.blobs.values());
    expect(await sample.registry.collectGarbage()).toEqual({ links: count, blobs: count, bytes });
    expect(await sample.storage.metadata.keys("blob/")).toEqual([]);
  });

  it("is everything, when the learner says so, but who he is", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", "1", image);
    await sample.storage.metadata.write(new Map([["account/hub/bob", "{}"]]));
    await dropImages(sample.storage);
    expect(await sample.storage.metadata.keys("")).toEqual(["account/hub/bob"]);
    expect(await sample.storage.blobs.list()).toEqual([]);
    expect((await sample.call("GET", "/v2/a/manifests/1")).status).toBe(404);
    expect((await sample.pushImage("a", "1", image)).status).toBe(201);
  });

  it("is an upload that was left alone", async () => {
    const sample = new SampleRegistry();
    const location = await sample.startUpload("a");
    await sample.call("PATCH", location, { body: "half of it" });
    sample.time += HOUR;
    await sample.registry.collectGarbage();
    expect((await sample.call("GET", location)).codes).toEqual(["BLOB_UPLOAD_UNKNOWN"]);
  });

  it("is a damaged link, and a blob without a link", async () => {
    const sample = new SampleRegistry();
    const digest = await sample.pushBlob("a", image.manifest);
    await sample.storage.metadata.write(new Map([[`blob/${digest}@private/a`, "{"]]));
    expect((await sample.registry.collectGarbage()).links).toBe(1);
    expect(await sample.storage.blobs.list()).toEqual([]);
  });
});
