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
