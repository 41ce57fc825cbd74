import { createHash } from "node:crypto";
import { extract } from "tar-stream";
import { describe, expect, it } from "vitest";
import { createImageBuilder } from "./build";
import { assembleImage, describeSettings, encodeImage, packArchive } from "./image";
import { packLayer, sha256, type LayerEntry } from "./layer";
import type { Recipe } from "./recipe";

interface Found {
  type: string;
  mode: number;
  uid: number;
  mtime: number;
  linkname: string;
  content: Buffer;
}

async function readTar(bytes: Uint8Array): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  const reader = extract();
  reader.end(Buffer.from(bytes));
  for await (const entry of reader) {
    const parts: Uint8Array[] = [];
    for await (const part of entry) parts.push(part as Uint8Array);
    const { name, type, mode, uid, mtime, linkname } = entry.header;
    found.set(name, {
      type,
      mode,
      uid,
      mtime: mtime.getTime(),
      linkname,
      content: Buffer.concat(parts),
    });
  }
  return found;
}

const file = (path: string, content: string): LayerEntry => ({
  kind: "file",
  path,
  content: Buffer.from(content),
});

describe("packLayer", () => {
  const entries: LayerEntry[] = [
    file("bin/sh", "#!"),
    { kind: "folder", path: "bin" },
    { kind: "folder", path: "tmp", mode: 0o1777 },
    { kind: "link", path: "bin/ls", target: "sh" },
  ];

  it("puts folders before their content, with fixed owner and date", async () => {
    const tar = await readTar((await packLayer(entries)).tar);
    expect([...tar.keys()]).toEqual(["bin/", "bin/ls", "bin/sh", "tmp/"]);
    expect(tar.get("bin/ls")).toMatchObject({ type: "symlink", linkname: "sh", uid: 0 });
    expect(tar.get("tmp/")?.mode).toBe(0o1777);
    expect(new Set([...tar.values()].map(({ mtime }) => mtime)).size).toBe(1);
  });

  it("has the same digest whatever the order, the sha256 of its bytes", async () => {
    const layer = await packLayer(entries);
    expect((await packLayer([...entries].reverse())).digest).toBe(layer.digest);
    expect(layer.digest).toBe(`sha256:${createHash("sha256").update(layer.tar).digest("hex")}`);
  });

  it.each(["/etc/passwd", "../up", "a/../b", "a//b", "", "a/"])("refuses the path %j", async (path) => {
    await expect(packLayer([file(path, "")])).rejects.toThrow(/not a path inside an image/);
  });

  it("refuses the same path twice", async () => {
    await expect(packLayer([file("a", "1"), file("a", "2")])).rejects.toThrow(/twice in one layer: "a"/);
  });
});

const recipe = { name: "toy", tags: ["latest", "1"], description: "A toy." };

describe("assembleImage", () => {
  it("makes a configuration that the OCI spec wants: one diff id a layer, one history entry a step", async () => {
    const layer = await packLayer([file("a", "1")]);
    const built = { config: { Cmd: ["sh"], Env: ["A=b"] }, step: "COPY a /", packages: { a: "1" } };
    const { config } = assembleImage(recipe, built, layer);
    expect(config).toMatchObject({ architecture: "386", os: "linux", created: "2025-08-09T00:00:00Z" });
    expect(config.rootfs).toEqual({ type: "layers", diff_ids: [layer.digest] });
    expect(config.history.map(({ created_by }) => created_by)).toEqual(["COPY a /", "ENV A=b", 'CMD ["sh"]']);
    expect(config.history.filter((entry) => entry.empty_layer !== true)).toHaveLength(1);
    expect(config.config.Labels?.["org.opencontainers.image.description"]).toBe("A toy.");
  });

  it("lays an image over its base: layers first, settings replaced, labels and packages added", async () => {
    const [under, over] = [await packLayer([file("a", "1")]), await packLayer([file("b", "2")])];
    const base = assembleImage(
      { ...recipe, name: "base" },
      {
        config: { Cmd: ["sh"], Env: ["PATH=/bin"], Labels: { from: "base" } },
        step: "base",
        packages: { a: "1" },
      },
      under,
    );
    const image = assembleImage(
      recipe,
      { config: { Cmd: ["run"] }, step: "own", packages: { b: "2" } },
      over,
      base,
    );
    expect(image.layers).toEqual([under, over]);
    expect(image.config.config).toMatchObject({ Cmd: ["run"], Env: ["PATH=/bin"] });
    expect(image.config.config.Labels).toMatchObject({
      from: "base",
      "org.opencontainers.image.title": "toy",
    });
    expect(image.packages).toEqual({ a: "1", b: "2" });
    expect(image.config.history.filter((entry) => entry.empty_layer !== true)).toHaveLength(2);
  });

  it("writes settings as a Dockerfile's instructions", () => {
    expect(
      describeSettings({
        ExposedPorts: { "80/tcp": {} },
        Volumes: { "/data": {} },
        User: "www",
        WorkingDir: "/srv",
      }),
    ).toEqual(["EXPOSE 80/tcp", "VOLUME /data", "WORKDIR /srv", "USER www"]);
  });
});

describe("packArchive", () => {
  it("is a docker-archive and an OCI layout whose digests and sizes are right", async () => {
    const layer = await packLayer([file("a", "1")]);
    const image = assembleImage(recipe, { config: {}, step: "COPY a /", packages: {} }, layer);
    const tar = await readTar(await packArchive(image));
    const json = (name: string): unknown => JSON.parse(tar.get(name)?.content.toString() ?? "null");
    for (const [name, { content }] of tar) {
      if (name.startsWith("blobs/"))
        expect(sha256(content)).toBe(name.slice("blobs/".length).replace("/", ":"));
    }
    const encoded = encodeImage(image);
    const configDigest = sha256(encoded.config);
    const manifestDigest = sha256(encoded.manifest);
    expect(json("oci-layout")).toEqual({ imageLayoutVersion: "1.0.0" });
    expect(json("manifest.json")).toEqual([
      {
        Config: `blobs/${configDigest.replace(":", "/")}`,
        RepoTags: ["toy:latest", "toy:1"],
        Layers: [`blobs/${layer.digest.replace(":", "/")}`],
      },
    ]);
    expect(json("index.json")).toMatchObject({
      schemaVersion: 2,
      manifests: [{ digest: manifestDigest, size: encoded.manifest.length }, { digest: manifestDigest }],
    });
    expect(json(`blobs/${manifestDigest.replace(":", "/")}`)).toMatchObject({
      schemaVersion: 2,
      config: { digest: configDigest, size: encoded.config.length },
      layers: [{ digest: layer.digest, size: layer.tar.length }],
    });
  });
});

it("builds a base once for all images on top of it", async () => {
  const base: Recipe = {
    ...recipe,
    name: "base",
    folder: "none",
    build: () => Promise.reject(new Error("not called")),
  };
  const [one, two] = ["one", "two"].map((name): Recipe => ({ ...base, name, base }));
  const built: string[] = [];
  const make = createImageBuilder(async ({ name }) => {
    built.push(name);
    return { layer: await packLayer([file(name, name)]), config: {}, step: name, packages: {} };
  });
  if (one === undefined || two === undefined) throw new Error("no recipes");
  const images = await Promise.all([make(one), make(two)]);
  expect(built.sort()).toEqual(["base", "one", "two"]);
  expect(images[0].layers[0]).toBe(images[1].layers[0]);
});
