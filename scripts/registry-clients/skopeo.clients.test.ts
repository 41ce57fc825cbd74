/** skopeo: copies both ways, byte for byte, and the small commands. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { digestOf } from "../../worker/hub/digest";
import { Client } from "./command";
import { openRegistry } from "./open-registry";

const SKOPEO = { probe: "skopeo", package: "skopeo" };

const { target, samples, scratch, close } = await openRegistry("skopeo", [SKOPEO]);
afterAll(close);

describe("skopeo", () => {
  const { credentials, host, namespace } = target;
  const auth = credentials && `${credentials.name}:${credentials.password}`;
  const skopeo = new Client(["skopeo", "--insecure-policy"], {
    env: { HOME: scratch, XDG_RUNTIME_DIR: scratch },
  });
  const single = ["--tls-verify=false", ...(auth === undefined ? [] : ["--creds", auth])];
  const both = ["--src-tls-verify=false", "--dest-tls-verify=false"];
  const pushFlags = [...both, ...(auth === undefined ? [] : ["--dest-creds", auth])];
  const pullFlags = [...both, ...(auth === undefined ? [] : ["--src-creds", auth])];
  const at = (image: string): string => `docker://${host}/${namespace}/${image}`;
  const push = (from: string, to: string, ...flags: string[]): Promise<string> =>
    skopeo.succeeds(["copy", ...pushFlags, ...flags, from, at(to)]);
  const pull = (from: string, to: string, ...flags: string[]): Promise<string> =>
    skopeo.succeeds(["copy", ...pullFlags, ...flags, at(from), to]);
  const digestAt = async (image: string): Promise<string> => {
    const raw = await skopeo.succeeds(["inspect", "--raw", ...single, at(image)]);
    return digestOf(new TextEncoder().encode(raw));
  };

  const there = async (name: "plain" | "docker" | "large", repository: string): Promise<void> => {
    await push(samples.sources[name], `${repository}:1.0`, "--preserve-digests");
    expect(await digestAt(`${repository}:1.0`), "digest in the registry").toBe(samples[name].digest);
    const back = join(scratch, `back-${name}`);
    await pull(`${repository}:1.0`, `dir:${back}`, "--preserve-digests");
    const blobs = [...samples[name].blobs.keys()].map((digest) => digest.slice("sha256:".length));
    const files = await readdir(back);
    expect(
      files.filter((file) => file.length === 64),
      "blobs that came back",
    ).toEqual(blobs.sort());
  };

  it("copy oci: to the registry and back, uncompressed", () => there("plain", "skopeo-plain"));
  it("copy Docker's schema 2 there and back", () => there("docker", "skopeo-docker"));
  it("copy a layer of 20 MB there and back", () => there("large", "skopeo-large"));
  it("copy dir: there and back, the same files", async () => {
    const [first, second] = [join(scratch, "dir-1"), join(scratch, "dir-2")];
    await pull("skopeo-docker:1.0", `dir:${first}`, "--preserve-digests");
    await push(`dir:${first}`, "skopeo-dir:1.0", "--preserve-digests");
    await pull("skopeo-dir:1.0", `dir:${second}`, "--preserve-digests");
    const names = await readdir(first);
    expect(await readdir(second), "files").toEqual(names);
    for (const name of names) {
      const [left, right] = [await readFile(join(first, name)), await readFile(join(second, name))];
      if (!left.equals(right)) throw new Error(`${name} differs`);
    }
  });
  it("copy an index with all its images", async () => {
    await push(samples.sources.index, "skopeo-index:1.0", "--all", "--preserve-digests");
    expect(await digestAt("skopeo-index:1.0"), "digest of the index").toBe(samples.indexDigest);
    const back = join(scratch, "back-index");
    await pull("skopeo-index:1.0", `oci:${back}:latest`, "--all", "--preserve-digests");
    expect(await readFile(join(back, "index.json"), "utf8")).toContain(samples.indexDigest);
  });
  it("copy from repository to repository", async () => {
    const flags = [...pullFlags, ...pushFlags.slice(both.length), "--preserve-digests"];
    await skopeo.succeeds(["copy", ...flags, at("skopeo-large:1.0"), at("skopeo-mounted:1.0")]);
    expect(await digestAt("skopeo-mounted:1.0"), "digest").toBe(samples.large.digest);
  });
  it("copy with gzip on the way", async () => {
    await push(
      samples.sources.plain,
      "skopeo-zipped:1.0",
      "--dest-compress-format",
      "gzip",
      "--format",
      "v2s2",
    );
    await pull("skopeo-zipped:1.0", `oci:${join(scratch, "unzipped")}:latest`, "--dest-decompress");
  });
  it("inspect", async () => {
    const text = await skopeo.succeeds(["inspect", ...single, at("skopeo-plain:1.0")]);
    const { Digest, Layers, RepoTags, Labels } = JSON.parse(text) as Record<string, unknown>;
    expect({ Digest, Layers, RepoTags, Labels }, "inspect").toEqual({
      Digest: samples.plain.digest,
      Layers: samples.plain.layers,
      RepoTags: ["1.0"],
      Labels: { role: "plain" },
    });
  });
  it("OCI 1.1: list-tags, sorted", async () => {
    for (const tag of ["2.0", "latest", "1.10"]) await push(samples.sources.plain, `skopeo-plain:${tag}`);
    const text = await skopeo.succeeds(["list-tags", ...single, at("skopeo-plain")]);
    expect((JSON.parse(text) as { Tags: unknown }).Tags, "tags").toEqual(["1.0", "1.10", "2.0", "latest"]);
  });
  it("unknown tags and repositories are told apart from failures", async () => {
    await skopeo.fails(["inspect", ...single, at("skopeo-plain:none")], "manifest unknown");
    await skopeo.fails(["list-tags", ...single, at("skopeo-none")], "fetching tags list");
  });
  it("delete", async () => {
    await skopeo.succeeds(["delete", ...single, at("skopeo-docker:1.0")]);
    await skopeo.fails(["inspect", ...single, at("skopeo-docker:1.0")], "manifest unknown");
  });
});
