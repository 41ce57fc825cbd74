import { describe, expect, it } from "vitest";
import { OCI_INDEX } from "../manifest";
import { makeImage } from "../testing/sample-images";
import { SampleRegistry } from "../testing/sample-registry";

const image = await makeImage({ layers: [{ "/a": "b" }] });
const subject = { mediaType: image.mediaType, digest: image.digest, size: image.manifest.length };
const sbom = await makeImage({
  layers: [{ "/sbom": "{}" }],
  subject,
  artifactType: "application/vnd.example.sbom",
  annotations: { "org.example.format": "json" },
});
const plain = await makeImage({ layers: [{ "/signature": "x" }], subject });

interface Referrers {
  readonly manifests: readonly {
    readonly digest: string;
    readonly artifactType?: string;
    readonly size: number;
  }[];
}

const path = `/v2/a/referrers/${image.digest}`;

async function list(sample: SampleRegistry, query = ""): Promise<Referrers["manifests"]> {
  const answer = await sample.call("GET", path + query);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe(OCI_INDEX);
  return (JSON.parse(answer.text) as Referrers).manifests;
}

describe("referrers", () => {
  it("are listed with their type and annotations, before and after their subject is there", async () => {
    const sample = new SampleRegistry();
    const put = await sample.pushImage("a", "sbom", sbom);
    expect([put.status, put.headers.get("oci-subject")]).toEqual([201, image.digest]);
    await sample.pushImage("a", plain.digest, plain);
    await sample.pushImage("a", "latest", image);
    const found = await list(sample);
    expect(found).toHaveLength(2);
    expect(found).toContainEqual({
      mediaType: sbom.mediaType,
      digest: sbom.digest,
      size: sbom.manifest.length,
      artifactType: "application/vnd.example.sbom",
      annotations: { "org.example.format": "json" },
    });
    expect(found.find((each) => each.digest === plain.digest)?.artifactType).toBe(
      "application/vnd.oci.image.config.v1+json",
    );
  });

  it("are filtered by artifactType, and the answer says so", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", "sbom", sbom);
    await sample.pushImage("a", "plain", plain);
    const found = await list(sample, "?artifactType=application/vnd.example.sbom");
    expect(found.map((each) => each.digest)).toEqual([sbom.digest]);
    expect(await list(sample, "?artifactType=none")).toEqual([]);
    const filtered = await sample.call("GET", `${path}?artifactType=none`);
    expect(filtered.headers.get("oci-filters-applied")).toBe("artifactType");
    expect((await sample.call("GET", path)).headers.get("oci-filters-applied")).toBeNull();
  });

  it("are filtered by a type whose plus was typed as it is", async () => {
    const sample = new SampleRegistry();
    const artifactType = "application/vnd.example.sbom+json";
    const json = await makeImage({ layers: [{ "/sbom": "{}" }], subject, artifactType });
    await sample.pushImage("a", "json", json);
    await sample.pushImage("a", "sbom", sbom);
    for (const type of [artifactType, encodeURIComponent(artifactType)]) {
      const found = await list(sample, `?artifactType=${type}`);
      expect(found.map((each) => each.digest)).toEqual([json.digest]);
    }
  });

  it("come in pages that a client can read, each of them filtered", async () => {
    const sample = new SampleRegistry();
    const digests: string[] = [];
    const wanted: string[] = [];
    for (let count = 0; count < 40; count += 1) {
      const artifactType = count % 2 === 0 ? "application/vnd.example.even+json" : "application/odd";
      const annotations = { count: String(count), pad: "ü".repeat(40_000) };
      const index = {
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        artifactType,
        manifests: [],
        subject,
        annotations,
      };
      const put = await sample.pushManifest("a", `t${count}`, JSON.stringify(index), OCI_INDEX);
      const digest = put.headers.get("docker-content-digest") ?? "";
      digests.push(digest);
      if (count % 2 === 0) wanted.push(digest);
    }
    const read = async (query: string, filters: string | null) => {
      const found: string[] = [];
      let pages = 0;
      for (let next: string | undefined = path + query; next !== undefined; pages += 1) {
        expect(pages).toBeLessThan(10);
        const answer = await sample.call("GET", next);
        expect(answer.bytes.length).toBeLessThan(1_100_000);
        expect(answer.headers.get("oci-filters-applied")).toBe(filters);
        found.push(...(JSON.parse(answer.text) as Referrers).manifests.map((each) => each.digest));
        next = /^<(.*)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.[1];
      }
      return { found, pages };
    };
    expect(await read("", null)).toEqual({ found: [...digests].sort(), pages: 4 });
    const query = "?artifactType=application/vnd.example.even%2Bjson";
    expect(await read(query, "artifactType")).toEqual({ found: [...wanted].sort(), pages: 2 });
  });

  it("come one by one when each of them fills a page", async () => {
    const sample = new SampleRegistry();
    for (const name of ["a", "b"]) {
      const annotations = { name, pad: "x".repeat(2_000_000) };
      const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [], subject, annotations };
      await sample.pushManifest("a", name, JSON.stringify(index), OCI_INDEX);
    }
    expect(await list(sample)).toHaveLength(1);
  });

  it("can be indexes, without a type of their own", async () => {
    const sample = new SampleRegistry();
    const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [], subject });
    const put = await sample.pushManifest("a", "index", index, OCI_INDEX);
    expect(put.headers.get("oci-subject")).toBe(image.digest);
    const [found] = await list(sample);
    expect(found).toMatchObject({ mediaType: OCI_INDEX, size: index.length });
    expect(found).not.toHaveProperty("artifactType");
  });

  it("go with their manifest", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", "sbom", sbom);
    await sample.call("DELETE", `/v2/a/manifests/${sbom.digest}`);
    expect(await list(sample)).toEqual([]);
  });

  it("are an empty list where there is nothing, and of that repository only", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("b", "sbom", sbom);
    expect(await list(sample)).toEqual([]);
  });

  it("need a digest", async () => {
    const answer = await new SampleRegistry().call("GET", "/v2/a/referrers/latest");
    expect([answer.status, answer.codes]).toEqual([400, ["DIGEST_INVALID"]]);
  });
});
