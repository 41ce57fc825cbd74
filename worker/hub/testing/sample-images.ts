/** Small real images, made on the spot: tar layers, a configuration and a manifest. For tests and the client harness. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { bytesBlob, type Catalogue, type CatalogueManifest } from "../catalogue/catalogue";
import { digestOf } from "../digest";
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from "../manifest";
import type { Digest } from "../names";

export interface SampleImage {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly manifest: Uint8Array<ArrayBuffer>;
  /** The configuration first, then the layers. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array<ArrayBuffer>>;
  readonly config: Digest;
  readonly layers: readonly Digest[];
}

export interface SampleOptions {
  /** For each layer its files, by absolute path. */
  readonly layers: readonly Readonly<Record<string, string | Uint8Array>>[];
  readonly format?: "oci" | "docker";
  readonly gzip?: boolean;
  readonly architecture?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly subject?: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly artifactType?: string;
}

const encoder = new TextEncoder();

export async function makeImage(options: SampleOptions): Promise<SampleImage> {
  const { format = "oci", gzip = false, architecture = "386" } = options;
  const tars = await Promise.all(options.layers.map(makeTar));
  const layers = tars.map((tar) => (gzip ? new Uint8Array(gzipSync(tar)) : tar));
  const config = encoder.encode(
    JSON.stringify({
      architecture,
      os: "linux",
      created: "2026-01-01T00:00:00Z",
      config: { Cmd: ["/bin/sh"], Labels: options.labels ?? {} },
      rootfs: { type: "layers", diff_ids: await Promise.all(tars.map((tar) => digestOf(tar))) },
      history: tars.map(() => ({ created: "2026-01-01T00:00:00Z", created_by: "sample" })),
    }),
  );
  const blobs = new Map<Digest, Uint8Array<ArrayBuffer>>();
  const describe = async (mediaType: string, bytes: Uint8Array<ArrayBuffer>) => {
    const digest = await digestOf(bytes);
    blobs.set(digest, bytes);
    return { mediaType, size: bytes.length, digest };
  };
  const types = mediaTypes(format, gzip);
  const manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    ...(options.artifactType === undefined ? {} : { artifactType: options.artifactType }),
    config: await describe(types.config, config),
    layers: await Promise.all(layers.map((layer) => describe(types.layer, layer))),
    ...(options.subject === undefined ? {} : { subject: options.subject }),
    ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
  };
  const bytes = encoder.encode(JSON.stringify(manifest));
  return {
    mediaType: types.manifest,
    digest: await digestOf(bytes),
    manifest: bytes,
    blobs,
    config: manifest.config.digest,
    layers: manifest.layers.map((layer) => layer.digest),
  };
}

function mediaTypes(format: "oci" | "docker", gzip: boolean) {
  if (format === "oci") {
    const layer = `application/vnd.oci.image.layer.v1.tar${gzip ? "+gzip" : ""}`;
    return { manifest: OCI_MANIFEST, config: "application/vnd.oci.image.config.v1+json", layer };
  }
  return {
    manifest: DOCKER_MANIFEST,
    config: "application/vnd.docker.container.image.v1+json",
    layer: `application/vnd.docker.image.rootfs.diff.tar${gzip ? ".gzip" : ""}`,
  };
}

async function makeTar(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const tar = pack();
  for (const [path, content] of Object.entries(files)) {
    const header = { name: path.replace(/^\//, ""), mtime: new Date(0), mode: 0o755 };
    tar.entry(header, typeof content === "string" ? content : Buffer.from(content));
  }
  tar.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of tar) parts.push(part as Uint8Array);
  return new Uint8Array(Buffer.concat(parts));
}

/** An index of images for one platform each. */
export async function makeIndex(
  images: Readonly<Record<string, SampleImage>>,
): Promise<{ readonly digest: Digest; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const manifests = Object.entries(images).map(([architecture, image]) => ({
    mediaType: image.mediaType,
    digest: image.digest,
    size: image.manifest.length,
    platform: { os: "linux", architecture },
  }));
  const bytes = encoder.encode(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
  return { digest: await digestOf(bytes), bytes };
}

export interface SampleRepository {
  readonly name: string;
  readonly tags: Readonly<Record<string, SampleImage>>;
  /** Tags that are not listed, and what answers to them. */
  readonly played?: { readonly tags: readonly string[]; readonly image: SampleImage; readonly by: string };
  readonly description?: string;
  readonly stars?: number;
  readonly official?: boolean;
}

export function catalogueOf(
  repositories: readonly SampleRepository[],
  { missing = [], absent = [] }: Partial<Pick<Catalogue, "missing" | "absent">> = {},
): Catalogue {
  const images = repositories.flatMap(({ tags, played }) => [
    ...Object.values(tags),
    ...(played === undefined ? [] : [played.image]),
  ]);
  const blobs = new Map(images.flatMap((image) => [...image.blobs]));
  const find = (name: string): SampleRepository | undefined =>
    repositories.find((each) => each.name === name);
  return {
    repositories: repositories.map(({ name, description = "", stars = 0, official = false }) => ({
      name,
      description,
      stars,
      official,
    })),
    missing,
    absent,
    tags: (name) => {
      const tags = find(name)?.tags;
      return tags && new Map(Object.entries(tags).map(([tag, image]) => [tag, image.digest]));
    },
    played: (name, tag) => {
      const played = find(name)?.played;
      return played?.tags.includes(tag) === true ? { digest: played.image.digest, by: played.by } : undefined;
    },
    manifest: (name, digest) => {
      const { tags = {}, played } = find(name) ?? {};
      const all = [...Object.values(tags), ...(played === undefined ? [] : [played.image])];
      const image = all.find((each) => each.digest === digest);
      const found: CatalogueManifest | undefined = image && {
        mediaType: image.mediaType,
        bytes: image.manifest,
      };
      return Promise.resolve(found);
    },
    blob: (digest) => {
      const bytes = blobs.get(digest);
      return bytes && bytesBlob(bytes);
    },
  };
}

/** Writes images as an OCI layout (image spec 1.1). The keys are their names in `index.json`. */
export async function writeOciLayout(
  folder: string,
  images: Readonly<Record<string, SampleImage>>,
  annotations: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): Promise<void> {
  await mkdir(join(folder, "blobs/sha256"), { recursive: true });
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const manifests = Object.entries(images).map(([name, image]) => ({
    mediaType: image.mediaType,
    digest: image.digest,
    size: image.manifest.length,
    annotations: { "org.opencontainers.image.ref.name": name, ...annotations[name] },
  }));
  await writeFile(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  for (const image of Object.values(images)) {
    for (const [digest, bytes] of [...image.blobs, [image.digest, image.manifest] as const]) {
      await writeFile(join(folder, "blobs", ...digest.split(":")), bytes);
    }
  }
}
