import { describe, expect, it } from "vitest";
import { digestOf } from "../digest";
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from "../manifest";
import { catalogueOf, makeImage, makeIndex } from "../testing/sample-images";
import { brokenStream, SampleRegistry } from "../testing/sample-registry";

const image = await makeImage({ layers: [{ "/etc/motd": "hello" }, { "/bin/app": "#!/bin/sh" }] });
const amd64 = await makeImage({ layers: [{ "/etc/motd": "hello" }], architecture: "amd64" });
const index = await makeIndex({ amd64, "386": image });
const MISSING = `sha256:${"0".repeat(64)}`;

const text = new TextDecoder().decode(image.manifest);
const document = JSON.parse(text) as Record<string, unknown>;
const altered = (changes: Record<string, unknown>): string => JSON.stringify({ ...document, ...changes });

describe("pushing and pulling manifests", { timeout: 30_000 }, () => {
  it.each([
    ["oci", false],
    ["oci", true],
    ["docker", true],
  ] as const)("keeps a %s image byte for byte (gzip: %s)", async (format, gzip) => {
    const sample = new SampleRegistry();
    const pushed = await makeImage({ layers: [{ "/a": "b" }], format, gzip });
    const put = await sample.pushImage("team/app", "1.0", pushed);
    expect([put.status, put.headers.get("docker-content-digest")]).toEqual([201, pushed.digest]);
    expect(put.headers.get("location")).toBe(`/v2/team/app/manifests/${pushed.digest}`);
    for (const reference of ["1.0", pushed.digest]) {
      const get = await sample.call("GET", `/v2/team/app/manifests/${reference}`);
      expect(get.bytes).toEqual(pushed.manifest);
      expect(get.headers.get("content-type")).toBe(pushed.mediaType);
      const head = await sample.call("HEAD", `/v2/team/app/manifests/${reference}`);
      expect([head.status, head.text]).toEqual([200, ""]);
      expect(head.headers.get("content-length")).toBe(String(pushed.manifest.length));
      expect(head.headers.get("docker-content-digest")).toBe(pushed.digest);
    }
  });

  it("takes its media type from the document when there is no Content-Type, and ignores parameters", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", "1", image);
    const bare = await sample.call("PUT", "/v2/a/manifests/2", { body: image.manifest });
    expect(bare.status).toBe(201);
    const put = await sample.pushManifest("a", "3", image.manifest, `${OCI_MANIFEST}; charset=utf-8`);
    expect(put.status).toBe(201);
    const without = await sample.call("PUT", "/v2/a/manifests/4", {
      body: altered({ mediaType: undefined }),
    });
    expect(without.status).toBe(201);
    expect((await sample.call("GET", "/v2/a/manifests/4")).headers.get("content-type")).toBe(OCI_MANIFEST);
  });

  it("moves a tag, and keeps the manifest that it named", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", "latest", image);
    await sample.pushImage("a", "latest", amd64);
    expect((await sample.call("GET", "/v2/a/manifests/latest")).bytes).toEqual(amd64.manifest);
    expect((await sample.call("GET", `/v2/a/manifests/${image.digest}`)).status).toBe(200);
  });

  it("takes a push by digest, with tags as parameters, and by sha512", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", image.digest, image);
    expect((await sample.call("GET", "/v2/a/tags/list")).text).toBe('{"name":"a","tags":[]}');
    const tagged = await sample.pushManifest(
      "a",
      `${image.digest}?tag=1&tag=1.0`,
      image.manifest,
      OCI_MANIFEST,
    );
    expect(tagged.headers.get("oci-tag")).toBe("1, 1.0");
    expect((await sample.call("GET", "/v2/a/tags/list")).text).toBe('{"name":"a","tags":["1","1.0"]}');
    const sha512 = await digestOf(image.manifest, "sha512");
    const put = await sample.pushManifest("a", sha512, image.manifest, OCI_MANIFEST);
    expect([put.status, put.headers.get("docker-content-digest")]).toEqual([201, sha512]);
    expect((await sample.call("GET", `/v2/a/manifests/${sha512}`)).status).toBe(200);
  });

  it("moves a tag only from where the client says that it is", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", image.digest, image);
    await sample.pushImage("a", amd64.digest, amd64);
    const push = async ({ manifest }: typeof image, condition: Record<string, string>) =>
      (await sample.pushManifest("a", "1", manifest, OCI_MANIFEST, condition)).status;
    expect(await push(image, { "if-match": "*" })).toBe(412);
    expect(await push(image, { "if-none-match": "*" })).toBe(201);
    expect(await push(amd64, { "if-none-match": "*" })).toBe(412);
    expect(await push(amd64, { "if-match": `"${amd64.digest}"` })).toBe(412);
    expect((await sample.call("GET", "/v2/a/manifests/1")).bytes).toEqual(image.manifest);
    expect(await push(amd64, { "if-match": `"${MISSING}", "${image.digest}"` })).toBe(201);
    expect((await sample.call("GET", "/v2/a/manifests/1")).bytes).toEqual(amd64.manifest);
  });

  it("does not take a client that went away in the middle for a failure of its own", async () => {
    const sample = new SampleRegistry();
    const body = brokenStream([image.manifest.slice(0, 2)]);
    const put = await sample.call("PUT", "/v2/a/manifests/1", { body });
    expect([put.status, put.codes]).toEqual([400, ["MANIFEST_INVALID"]]);
    expect(sample.failures).toEqual([]);
  });

  it("answers 304 to a client that has it", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", "1", image);
    const headers = { "if-none-match": `"${image.digest}"` };
    expect((await sample.call("GET", "/v2/a/manifests/1", { headers })).status).toBe(304);
  });
});

describe("what is refused", { timeout: 30_000 }, () => {
  const pushed = async (body: string | Uint8Array, mediaType = OCI_MANIFEST, reference = "1") => {
    const sample = new SampleRegistry();
    for (const bytes of image.blobs.values()) await sample.pushBlob("a", bytes);
    const answer = await sample.pushManifest("a", reference, body, mediaType);
    expect(await sample.storage.metadata.keys("manifest/")).toEqual([]);
    expect((await sample.call("GET", "/v2/a/tags/list")).status).toBe(404);
    return { status: answer.status, codes: answer.codes };
  };
  const invalid = { status: 400, codes: ["MANIFEST_INVALID"] };

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["a list", "[]"],
    ["null", "null"],
    ["deep nesting", "[".repeat(500_000)],
    ["no version", altered({ schemaVersion: undefined })],
    ["version 1", altered({ schemaVersion: 1 })],
    ["no configuration", altered({ config: undefined })],
    ["layers that are no list", altered({ layers: {} })],
    ["a negative size", altered({ config: { mediaType: "x", digest: image.config, size: -1 } })],
    ["a digest that is not one", altered({ config: { mediaType: "x", digest: "sha256:..", size: 1 } })],
    ["another mediaType inside", altered({ mediaType: DOCKER_MANIFEST })],
    ["an image that is an index too", altered({ manifests: [] })],
    ["annotations that are no strings", altered({ annotations: { a: 1 } })],
  ])("refuses %s", async (_, body) => {
    expect(await pushed(body)).toEqual(invalid);
  });

  it("refuses bytes that are no UTF-8, and a byte order mark", async () => {
    expect(await pushed(Uint8Array.from([0x7b, 0xff, 0x7d]))).toEqual(invalid);
    expect(await pushed(`\ufeff${text}`)).toEqual(invalid);
  });

  it("refuses media types that are no manifest's", async () => {
    expect(await pushed(text, "application/json")).toEqual(invalid);
    const schema1 = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    expect(await pushed(text, schema1)).toEqual(invalid);
    expect(await pushed(altered({ mediaType: OCI_INDEX }), OCI_INDEX)).toEqual(invalid);
  });

  it("refuses a digest that is not the document's", async () => {
    expect(await pushed(text, OCI_MANIFEST, MISSING)).toEqual({ status: 400, codes: ["DIGEST_INVALID"] });
  });

  it("refuses a size that is not the blob's", async () => {
    const config = { mediaType: "x", digest: image.config, size: 1 };
    expect(await pushed(altered({ config }))).toEqual(invalid);
  });

  it("names every blob that is missing", async () => {
    const sample = new SampleRegistry();
    const answer = await sample.pushManifest("a", "1", text, OCI_MANIFEST);
    expect([answer.status, answer.codes]).toEqual([400, ["MANIFEST_BLOB_UNKNOWN"]]);
    for (const digest of image.blobs.keys()) expect(answer.text).toContain(digest);
  });

  it("takes an index of blobs, and keeps them: a cache as BuildKit once wrote them", async () => {
    const sample = new SampleRegistry();
    const layer = new TextEncoder().encode("a layer");
    const config = new TextEncoder().encode("{}");
    const describeBlob = async (mediaType: string, bytes: Uint8Array) => ({
      mediaType,
      digest: await sample.pushBlob("a", bytes),
      size: bytes.length,
    });
    const manifests = [
      await describeBlob("application/vnd.oci.image.layer.v1.tar+gzip", layer),
      await describeBlob("application/vnd.buildkit.cacheconfig.v0", config),
    ];
    const cache = { schemaVersion: 2, mediaType: OCI_INDEX, manifests };
    const push = (content: unknown) => sample.pushManifest("a", "cache", JSON.stringify(content), OCI_INDEX);
    const wrong = await push({ ...cache, manifests: [{ ...manifests[0], size: 1 }] });
    expect([wrong.status, wrong.codes]).toEqual([400, ["MANIFEST_INVALID"]]);
    const other = await sample.pushManifest("b", "cache", JSON.stringify(cache), OCI_INDEX);
    expect([other.status, other.codes]).toEqual([400, ["MANIFEST_BLOB_UNKNOWN"]]);
    expect((await push(cache)).status).toBe(201);
    sample.time += 2 * 60 * 60 * 1000;
    await sample.registry.collectGarbage();
    for (const { digest } of manifests)
      expect((await sample.call("GET", `/v2/a/blobs/${digest}`)).status).toBe(200);
    const plain = { headers: { accept: OCI_MANIFEST } };
    expect((await sample.call("GET", "/v2/a/manifests/cache", plain)).status).toBe(404);
  });

  it("names every manifest that an index misses", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", image.digest, image);
    const answer = await sample.pushManifest("a", "1", index.bytes, OCI_INDEX);
    expect([answer.status, answer.codes]).toEqual([400, ["MANIFEST_BLOB_UNKNOWN"]]);
    expect(answer.text).toContain(amd64.digest);
    expect(answer.text).not.toContain(image.digest);
  });

  it("does without layers that may not be distributed", async () => {
    const foreign = {
      mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar",
      digest: MISSING,
      size: 9,
    };
    const sample = new SampleRegistry();
    for (const bytes of image.blobs.values()) await sample.pushBlob("a", bytes);
    expect((await sample.pushManifest("a", "1", altered({ layers: [foreign] }), OCI_MANIFEST)).status).toBe(
      201,
    );
  });

  it("refuses a manifest over 4 MiB, and takes one just under", async () => {
    const sample = new SampleRegistry();
    for (const bytes of image.blobs.values()) await sample.pushBlob("a", bytes);
    const padded = (bytes: number) => {
      const empty = altered({ annotations: { pad: "" } }).length;
      return altered({ annotations: { pad: "x".repeat(bytes - empty) } });
    };
    const limit = 4 * 1024 * 1024;
    const large = await sample.pushManifest("a", "1", padded(limit + 1), OCI_MANIFEST);
    expect([large.status, large.codes]).toEqual([413, ["MANIFEST_INVALID"]]);
    expect((await sample.pushManifest("a", "1", padded(limit), OCI_MANIFEST)).status).toBe(201);
  });

  it("refuses bad tags on the way in, and does not find them on the way out", async () => {
    const sample = new SampleRegistry();
    const put = await sample.pushManifest("a", ".bad", text, OCI_MANIFEST);
    expect([put.status, put.codes]).toEqual([400, ["TAG_INVALID"]]);
    const get = await sample.call("GET", "/v2/a/manifests/.bad");
    expect([get.status, get.codes]).toEqual([404, ["TAG_INVALID"]]);
    const parameter = await sample.pushManifest("a", `${image.digest}?tag=-`, text, OCI_MANIFEST);
    expect(parameter.codes).toEqual(["TAG_INVALID"]);
    const many = `${image.digest}?${Array.from({ length: 101 }, (_, at) => `tag=t${at}`).join("&")}`;
    expect((await sample.pushManifest("a", many, text, OCI_MANIFEST)).status).toBe(414);
  });
});

describe("content negotiation", { timeout: 30_000 }, () => {
  const withIndex = async (): Promise<SampleRegistry> => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", image.digest, image);
    await sample.pushImage("a", amd64.digest, amd64);
    await sample.pushManifest("a", "multi", index.bytes, OCI_INDEX);
    await sample.pushManifest("a", "single", image.manifest, OCI_MANIFEST);
    return sample;
  };
  const get = async (reference: string, accept: string) => {
    const sample = await withIndex();
    const answer = await sample.call("GET", `/v2/a/manifests/${reference}`, { headers: { accept } });
    return answer.status === 200 ? answer.headers.get("docker-content-digest") : answer.codes.join();
  };

  it("gives the index to a client that takes one, or does not say", async () => {
    for (const accept of [
      OCI_INDEX,
      `${DOCKER_LIST}, ${OCI_INDEX};q=0.5`,
      "*/*",
      `${OCI_MANIFEST}, */*`,
      "text/html",
    ]) {
      expect(await get("multi", accept)).toBe(index.digest);
    }
  });

  it("gives the guest's image of it to a client that takes only images", async () => {
    expect(await get("multi", OCI_MANIFEST)).toBe(image.digest);
  });

  it("has nothing for a client that takes neither", async () => {
    expect(await get("multi", DOCKER_MANIFEST)).toBe("MANIFEST_UNKNOWN");
    expect(await get("single", `${DOCKER_MANIFEST}, ${OCI_INDEX}`)).toBe("MANIFEST_UNKNOWN");
  });

  it("gives by digest what the digest names", async () => {
    expect(await get(index.digest, OCI_MANIFEST)).toBe(index.digest);
  });
});

describe("deleting manifests", { timeout: 30_000 }, () => {
  it("takes a tag alone by its name", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", "1", image);
    await sample.pushImage("a", "2", image);
    expect((await sample.call("DELETE", "/v2/a/manifests/1")).status).toBe(202);
    expect((await sample.call("GET", "/v2/a/manifests/1")).codes).toEqual(["MANIFEST_UNKNOWN"]);
    expect((await sample.call("GET", "/v2/a/manifests/2")).status).toBe(200);
  });

  it("takes a manifest with all its tags by its digest", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", "1", image);
    await sample.pushImage("a", "2", image);
    await sample.pushImage("a", "3", amd64);
    expect((await sample.call("DELETE", `/v2/a/manifests/${image.digest}`)).status).toBe(202);
    expect((await sample.call("GET", `/v2/a/manifests/${image.digest}`)).status).toBe(404);
    expect((await sample.call("GET", "/v2/a/tags/list")).text).toBe('{"name":"a","tags":["3"]}');
  });

  it("does not know what is not there", async () => {
    const sample = new SampleRegistry();
    expect((await sample.call("DELETE", "/v2/a/manifests/1")).codes).toEqual(["NAME_UNKNOWN"]);
    await sample.pushImage("a", "1", image);
    const tag = await sample.call("DELETE", "/v2/a/manifests/2");
    expect([tag.status, tag.codes]).toEqual([404, ["MANIFEST_UNKNOWN"]]);
    expect((await sample.call("DELETE", `/v2/a/manifests/${MISSING}`)).codes).toEqual(["MANIFEST_UNKNOWN"]);
  });
});

describe("the catalogue", { timeout: 30_000 }, () => {
  const catalogue = catalogueOf([{ name: "library/web", tags: { latest: image, "1.0": image } }]);

  it("can be pulled, and not deleted", async () => {
    const sample = new SampleRegistry("private", { catalogue });
    const get = await sample.call("GET", "/v2/library/web/manifests/latest");
    expect(get.bytes).toEqual(image.manifest);
    for (const digest of image.layers) {
      const layer = await sample.call("GET", `/v2/library/web/blobs/${digest}`);
      expect(layer.bytes).toEqual(image.blobs.get(digest));
    }
    for (const reference of ["latest", image.digest]) {
      const answer = await sample.call("DELETE", `/v2/library/web/manifests/${reference}`);
      expect([answer.status, answer.codes]).toEqual([405, ["UNSUPPORTED"]]);
    }
  });

  it("shines through again when what lay over it is deleted", async () => {
    const sample = new SampleRegistry("private", { catalogue });
    await sample.pushImage("library/web", "latest", amd64);
    expect((await sample.call("GET", "/v2/library/web/manifests/latest")).bytes).toEqual(amd64.manifest);
    await sample.call("DELETE", "/v2/library/web/manifests/latest");
    expect((await sample.call("GET", "/v2/library/web/manifests/latest")).bytes).toEqual(image.manifest);
  });

  it("lends its layers to a push, which then outlives it", async () => {
    const sample = new SampleRegistry("private", { catalogue });
    for (const digest of image.blobs.keys()) {
      expect((await sample.call("HEAD", `/v2/team/app/blobs/${digest}`)).status).toBe(200);
    }
    expect((await sample.pushManifest("team/app", "1", image.manifest, OCI_MANIFEST)).status).toBe(201);
    const later = new SampleRegistry("private", { storage: sample.storage });
    for (const [digest, bytes] of image.blobs) {
      expect((await later.call("GET", `/v2/team/app/blobs/${digest}`)).bytes).toEqual(bytes);
    }
  });
});
