import { describe, expect, it } from "vitest";
import type { Catalogue } from "../catalogue/catalogue";
import { digestOf } from "../digest";
import { SampleRegistry } from "../testing/sample-registry";
import { catalogueOf, makeImage } from "../testing/sample-images";

const TEXT = "0123456789".repeat(20_000);
const BYTES = new TextEncoder().encode(TEXT);

async function withBlob() {
  const sample = new SampleRegistry();
  const digest = await sample.pushBlob("team/app", BYTES);
  return { sample, digest, path: `/v2/team/app/blobs/${digest}` };
}

describe("reading blobs", { timeout: 30_000 }, () => {
  it("gives the bytes, their digest and size", async () => {
    const { sample, digest, path } = await withBlob();
    const answer = await sample.call("GET", path);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(TEXT);
    expect(answer.headers.get("docker-content-digest")).toBe(digest);
    expect(answer.headers.get("content-length")).toBe(String(BYTES.length));
    expect(answer.headers.get("docker-distribution-api-version")).toBe("registry/2.0");
  });

  it("answers HEAD without a body", async () => {
    const { sample, digest, path } = await withBlob();
    const answer = await sample.call("HEAD", path);
    expect(answer.status).toBe(200);
    expect(answer.bytes.length).toBe(0);
    expect(answer.headers.get("content-length")).toBe(String(BYTES.length));
    expect(answer.headers.get("docker-content-digest")).toBe(digest);
  });

  it.each([
    ["bytes=0-0", 0, 1],
    ["bytes=65530-65550", 65530, 65551],
    ["bytes=-7", BYTES.length - 7, BYTES.length],
    ["bytes=199999-999999", 199_999, 200_000],
    ["bytes=1-", 1, BYTES.length],
  ])("gives %s", async (range, start, end) => {
    const { sample, path } = await withBlob();
    const answer = await sample.call("GET", path, { headers: { range } });
    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-range")).toBe(`bytes ${start}-${end - 1}/${BYTES.length}`);
    expect(answer.headers.get("content-length")).toBe(String(end - start));
    expect(answer.text).toBe(TEXT.slice(start, end));
  });

  it("refuses a range behind the end, and ignores one that is malformed", async () => {
    const { sample, path } = await withBlob();
    const behind = await sample.call("GET", path, { headers: { range: `bytes=${BYTES.length}-` } });
    expect(behind.status).toBe(416);
    expect(behind.codes).toEqual(["RANGE_INVALID"]);
    expect(behind.headers.get("content-range")).toBe(`bytes */${BYTES.length}`);
    const malformed = await sample.call("GET", path, { headers: { range: "bytes=x-y" } });
    expect(malformed.status).toBe(200);
    expect(malformed.bytes.length).toBe(BYTES.length);
  });

  it("answers 304 to a client that has it, and gives the whole when If-Range is of something else", async () => {
    const { sample, digest, path } = await withBlob();
    const cached = await sample.call("GET", path, { headers: { "if-none-match": `W/"x", "${digest}"` } });
    expect(cached.status).toBe(304);
    const other = await sample.call("GET", path, { headers: { range: "bytes=0-1", "if-range": '"other"' } });
    expect(other.status).toBe(200);
  });

  it("knows only the blobs of that repository", async () => {
    const { sample, digest } = await withBlob();
    for (const method of ["GET", "DELETE"]) {
      const answer = await sample.call(method, `/v2/team/other/blobs/${digest}`);
      expect(answer.status).toBe(404);
      expect(answer.codes).toEqual(["BLOB_UNKNOWN"]);
    }
    const head = await sample.call("HEAD", `/v2/team/other/blobs/${digest}`);
    expect([head.status, head.text]).toEqual([404, ""]);
  });

  it("gives an empty blob", async () => {
    const sample = new SampleRegistry();
    const digest = await sample.pushBlob("a", new Uint8Array(0));
    const answer = await sample.call("GET", `/v2/a/blobs/${digest}`);
    expect([answer.status, answer.bytes.length]).toEqual([200, 0]);
  });
});

describe("deleting blobs", { timeout: 30_000 }, () => {
  it("takes the blob from one repository, and its bytes with the last", async () => {
    const { sample, digest, path } = await withBlob();
    await sample.pushBlob("team/second", BYTES);
    expect((await sample.call("DELETE", path)).status).toBe(202);
    expect((await sample.call("GET", path)).status).toBe(404);
    expect((await sample.call("GET", `/v2/team/second/blobs/${digest}`)).status).toBe(200);
    expect((await sample.call("DELETE", `/v2/team/second/blobs/${digest}`)).status).toBe(202);
    expect(await sample.storage.blobs.list()).toEqual([]);
  });

  it("cannot take one of the catalogue", async () => {
    const image = await makeImage({ layers: [{ "/a": "1" }] });
    const catalogue = catalogueOf([{ name: "library/web", tags: { latest: image } }]);
    const sample = new SampleRegistry("private", { catalogue });
    const answer = await sample.call("DELETE", `/v2/library/web/blobs/${image.config}`);
    expect([answer.status, answer.codes]).toEqual([405, ["UNSUPPORTED"]]);
  });
});

describe("a catalogue that cannot be reached", { timeout: 30_000 }, () => {
  it("is named when its blob cannot be opened", async () => {
    const digest = await digestOf(new TextEncoder().encode("away"));
    const catalogue: Catalogue = {
      missing: [],
      absent: [],
      repositories: [],
      tags: () => new Map(),
      played: () => undefined,
      manifest: () => Promise.resolve(undefined),
      blob: () => ({ size: 4, open: () => Promise.reject(new Error("offline")) }),
    };
    const sample = new SampleRegistry("private", { catalogue });
    const answer = await sample.call("GET", `/v2/library/web/blobs/${digest}`);
    expect([answer.status, answer.codes]).toEqual([503, ["UNAVAILABLE"]]);
    expect(sample.failures).toHaveLength(1);
    expect((await sample.call("HEAD", `/v2/library/web/blobs/${digest}`)).status).toBe(200);
  });
});
