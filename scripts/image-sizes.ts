/** How large the hub's images are: every megabyte of a layer costs the learner half a second inside the guest. */
import { z } from "zod";
import type { CatalogueIndex } from "../worker/hub/catalogue-index";

const MB = 1_000_000;

/** The image that most others stand on: its layers are in the guest after the first pull. */
const BASE = "library/debian";

/** Bytes that the layers of an image may have, without those of the base unless it is the base itself or alone. */
const BUDGETS: Readonly<Record<string, number>> = {
  "library/hello-world": 0.05 * MB,
  "library/busybox": 3 * MB,
  "library/debian": 8 * MB,
  "library/ubuntu": 0,
  "library/nginx": 3 * MB,
  "library/redis": 6 * MB,
  "library/mysql": 48 * MB,
  "library/mariadb": 48 * MB,
  "library/python": 16 * MB,
  "library/registry": 22 * MB,
  "drydock/web": 18 * MB,
  "drydock/hello-nginx": 3.1 * MB,
  "drydock/nginx-proxy": 3.1 * MB,
};

export interface ImageSize {
  /** Repository and tag. */
  readonly name: string;
  /** All layers, in bytes. */
  readonly bytes: number;
  /** Layers that the base does not have. */
  readonly ownBytes: number;
  /** The compressed chunks of those layers: what a pull fetches. */
  readonly fetchedBytes: number;
  /** For `ownBytes`; undefined when somebody has forgotten to set it. */
  readonly budget: number | undefined;
}

const manifestSchema = z.object({ layers: z.array(z.object({ digest: z.string(), size: z.number() })) });

function layersOf(index: CatalogueIndex, manifest: string): { digest: string; size: number }[] {
  const text = Object.entries(index.manifests).find(([digest]) => digest === manifest)?.[1].text;
  return manifestSchema.parse(JSON.parse(text ?? "null")).layers;
}

/** One line a repository: the image that `latest` names. */
export function measureImages(index: CatalogueIndex): ImageSize[] {
  const latest = (name: string): { digest: string; size: number }[] => {
    const tag = index.repositories.find((repository) => repository.name === name)?.tags["latest"];
    return tag === undefined ? [] : layersOf(index, tag);
  };
  const base = new Set(latest(BASE).map(({ digest }) => digest));
  const compressed = new Map(
    Object.entries(index.layers).map(([digest, { chunks }]) => [
      digest,
      chunks.reduce((total, { bytes }) => total + bytes, 0),
    ]),
  );
  return index.repositories.map(({ name }) => {
    const layers = latest(name);
    const own = name === BASE ? layers : layers.filter(({ digest }) => !base.has(digest));
    return {
      name: `${name}:latest`,
      bytes: layers.reduce((total, { size }) => total + size, 0),
      ownBytes: own.reduce((total, { size }) => total + size, 0),
      fetchedBytes: own.reduce((total, { digest }) => total + (compressed.get(digest) ?? 0), 0),
      budget: BUDGETS[name],
    };
  });
}

export function isOverBudget({ ownBytes, budget }: ImageSize): boolean {
  return budget === undefined || ownBytes > budget;
}

const megabytes = (bytes: number): string => `${(bytes / MB).toFixed(2)} MB`.padStart(9);

/** The lines of `npm run size`. */
export function describeImages(sizes: readonly ImageSize[]): string[] {
  return sizes.map((size) => {
    const { name, bytes, ownBytes, fetchedBytes, budget } = size;
    const limit = budget === undefined ? "no budget" : `of ${(budget / MB).toFixed(1)} MB`;
    const columns = `${megabytes(bytes)}, own ${megabytes(ownBytes)}, fetched ${megabytes(fetchedBytes)}`;
    return `${name.padEnd(30)}${columns}  ${limit} ${isOverBudget(size) ? "OVER" : "ok"}`;
  });
}
