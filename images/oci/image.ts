/** Puts an image together: layers, configuration, and the archive that `docker load` and every OCI tool read. */
import { pack } from "tar-stream";
import { CREATED, sha256, type Layer, type LayerDescriptor } from "./layer";
import type { ContainerConfig } from "./recipe";

export interface HistoryEntry {
  created: string;
  created_by: string;
  empty_layer?: true;
}

/** OCI image configuration (OCI image spec 1.1, config.md), as far as we use it. */
export interface ImageConfig {
  architecture: "386";
  os: "linux";
  created: string;
  config: ContainerConfig;
  rootfs: { type: "layers"; diff_ids: string[] };
  history: HistoryEntry[];
}

export interface Image<L extends LayerDescriptor = LayerDescriptor> {
  name: string;
  tags: string[];
  description: string;
  config: ImageConfig;
  layers: L[];
  packages: Record<string, string>;
}

/** Every image's search path. */
const PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The image that a recipe makes on top of its base. Without a layer of its own it has those of the base. */
export function assembleImage<L extends LayerDescriptor>(
  recipe: { name: string; tags: string[]; description: string },
  built: { config: ContainerConfig; step: string; packages: Record<string, string> },
  layer: L | undefined,
  base?: Image<L>,
): Image<L> {
  const { Env: below = [PATH], ...settingsBelow } = base?.config.config ?? {};
  const { Env: own = [], ...settings } = built.config;
  const config: ContainerConfig = {
    Env: mergeEnvironment(below, own),
    ...settingsBelow,
    ...settings,
    Labels: {
      ...base?.config.config.Labels,
      ...built.config.Labels,
      "org.opencontainers.image.title": recipe.name,
      "org.opencontainers.image.description": recipe.description,
    },
  };
  const history: HistoryEntry[] = [
    ...(base?.config.history ?? []),
    { created: CREATED, created_by: built.step, ...(layer === undefined ? { empty_layer: true } : {}) },
    ...describeSettings(built.config).map((created_by): HistoryEntry => ({
      created: CREATED,
      created_by,
      empty_layer: true,
    })),
  ];
  const layers = [...(base?.layers ?? []), ...(layer === undefined ? [] : [layer])];
  return {
    name: recipe.name,
    tags: recipe.tags,
    description: recipe.description,
    layers,
    packages: { ...base?.packages, ...built.packages },
    config: {
      architecture: "386",
      os: "linux",
      created: CREATED,
      config,
      rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
      history,
    },
  };
}

/** As a Dockerfile's ENV does: a name keeps its place and takes the newer value. */
function mergeEnvironment(below: readonly string[], own: readonly string[]): string[] {
  const values = new Map([...below, ...own].map((pair) => [pair.slice(0, pair.indexOf("=")), pair]));
  return [...values.values()];
}

/** The settings as the Dockerfile instructions that would make them, which is what `docker history` shows. */
export function describeSettings(config: ContainerConfig): string[] {
  const lines: string[] = [];
  for (const pair of config.Env ?? []) lines.push(`ENV ${pair}`);
  for (const port of Object.keys(config.ExposedPorts ?? {})) lines.push(`EXPOSE ${port}`);
  for (const volume of Object.keys(config.Volumes ?? {})) lines.push(`VOLUME ${volume}`);
  if (config.WorkingDir !== undefined) lines.push(`WORKDIR ${config.WorkingDir}`);
  if (config.User !== undefined) lines.push(`USER ${config.User}`);
  if (config.StopSignal !== undefined) lines.push(`STOPSIGNAL ${config.StopSignal}`);
  if (config.Entrypoint !== undefined) lines.push(`ENTRYPOINT ${JSON.stringify(config.Entrypoint)}`);
  if (config.Cmd !== undefined) lines.push(`CMD ${JSON.stringify(config.Cmd)}`);
  return lines;
}

export const MEDIA = {
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
} as const;

const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** The image's manifest and configuration as bytes; their digests name the image in a registry. */
export function encodeImage(image: Image): { config: Buffer; manifest: Buffer } {
  const config = encode(image.config);
  const manifest = encode({
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: { mediaType: MEDIA.config, digest: sha256(config), size: config.length },
    layers: image.layers.map(({ digest, bytes }) => ({ mediaType: MEDIA.layer, digest, size: bytes })),
  });
  return { config, manifest };
}

const blobPath = (digest: string): string => `blobs/${digest.replace(":", "/")}`;

/**
 * An OCI layout (image-layout.md) that is a `docker save` archive at the same time: `index.json` for the one,
 * `manifest.json` for the other, the blobs for both.
 */
export async function packArchive(image: Image<Layer>): Promise<Buffer> {
  const { config, manifest } = encodeImage(image);
  const names = image.tags.map((tag) => `${image.name}:${tag}`);
  const files = new Map<string, Uint8Array>();
  for (const layer of image.layers) files.set(blobPath(layer.digest), layer.tar);
  files.set(blobPath(sha256(config)), config);
  files.set(blobPath(sha256(manifest)), manifest);
  files.set("oci-layout", encode({ imageLayoutVersion: "1.0.0" }));
  files.set(
    "index.json",
    encode({
      schemaVersion: 2,
      mediaType: MEDIA.index,
      manifests: image.tags.map((tag) => ({
        mediaType: MEDIA.manifest,
        digest: sha256(manifest),
        size: manifest.length,
        annotations: {
          "io.containerd.image.name": `docker.io/library/${image.name}:${tag}`,
          "org.opencontainers.image.ref.name": tag,
        },
        platform: { architecture: "386", os: "linux" },
      })),
    }),
  );
  files.set(
    "manifest.json",
    encode([
      {
        Config: blobPath(sha256(config)),
        RepoTags: names,
        Layers: image.layers.map(({ digest }) => blobPath(digest)),
      },
    ]),
  );
  const tar = pack();
  for (const [name, content] of files) {
    tar.entry({ name, mode: 0o644, mtime: new Date(CREATED), type: "file" }, Buffer.from(content));
  }
  tar.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of tar) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}
