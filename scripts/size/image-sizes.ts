/** How large the hub's images are: every megabyte of a layer costs the learner half a second inside the guest. */
import { z } from "zod";
import type { CatalogueIndex } from "../../worker/hub/catalogue/catalogue-index";
import { type Budget, formatLimit, formatValue, judge, limitOf, type Measured } from "./budget";

/** The image that most others stand on: its layers are in the guest after the first pull. */
const BASE = "library/debian";

export interface ImageSize {
  /** The repository; it is the image that `latest` names. */
  readonly name: string;
  /** All layers, in bytes. */
  readonly bytes: number;
  /** Layers that the base does not have. */
  readonly ownBytes: number;
  /** The compressed chunks of those layers: what a pull fetches. */
  readonly fetchedBytes: number;
}

const manifestSchema = z.union([
  z.object({ layers: z.array(z.object({ digest: z.string(), size: z.number() })) }),
  z.object({ manifests: z.array(z.object({ digest: z.string() })).length(1) }),
]);

/** Of an image, or of the one that an index lists. */
function layersOf(index: CatalogueIndex, manifest: string): { digest: string; size: number }[] {
  const text = Object.entries(index.manifests).find(([digest]) => digest === manifest)?.[1].text;
  const parsed = manifestSchema.parse(JSON.parse(text ?? "null"));
  return "layers" in parsed ? parsed.layers : layersOf(index, parsed.manifests[0]?.digest ?? "");
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
      name,
      bytes: layers.reduce((total, { size }) => total + size, 0),
      ownBytes: own.reduce((total, { size }) => total + size, 0),
      fetchedBytes: own.reduce((total, { digest }) => total + (compressed.get(digest) ?? 0), 0),
    };
  });
}

/**
 * What the budget of an image is about: its layers, without those of the base unless it is the base itself or alone.
 */
export function imageFigure({ name, ownBytes }: ImageSize): Measured {
  return { name: `image-${name}`, value: ownBytes, unit: "bytes" };
}

const megabytes = (bytes: number): string => formatValue(bytes, "bytes").padStart(9);

/** The lines of `npm run size`. */
export function describeImages(sizes: readonly ImageSize[], budget: Budget): string[] {
  return sizes.map((size) => {
    const { name, bytes, ownBytes, fetchedBytes } = size;
    const figure = imageFigure(size);
    const limit = limitOf(figure.name, budget);
    const columns = `${megabytes(bytes)}, own ${megabytes(ownBytes)}, fetched ${megabytes(fetchedBytes)}`;
    // Somebody may have forgotten to set one.
    const verdict =
      limit === undefined
        ? "no budget OVER"
        : `${formatLimit(limit)} ${judge(figure, budget) === "ok" ? "ok" : "OVER"}`;
    return `${`${name}:latest`.padEnd(30)}${columns}  ${verdict}`;
  });
}
