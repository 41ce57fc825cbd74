/** How much of what people write the hub can serve. */
import type { Catalogue } from "../../worker/hub/catalogue/catalogue";
import type { ImageName } from "./image-names";
import type { Needs } from "./needs";

export type Hub = Pick<Catalogue, "tags" | "played">;

export interface Coverage {
  /** Files for Linux. Those whose images only the build knows are among them. */
  readonly files: number;
  /** All of its images are in the hub, whatever the tags. */
  readonly named: number;
  /** The tags, too. */
  readonly tagged: number;
  /** And nothing is fetched by a RUN line. */
  readonly offline: number;
  /** Images that are not in the hub, or not with that tag, and how many files ask for them; most first. */
  readonly lacking: readonly (readonly [image: string, files: number])[];
}

function repositoryOf({ name }: ImageName): string {
  return name.includes("/") ? name : `library/${name}`;
}

function hasTag(hub: Hub, image: ImageName): boolean {
  const repository = repositoryOf(image);
  return hub.tags(repository)?.has(image.tag) === true || hub.played(repository, image.tag) !== undefined;
}

export function measureCoverage(all: readonly Needs[], hub: Hub): Coverage {
  const files = all.filter(({ isForWindows }) => !isForWindows);
  const lacking = new Map<string, number>();
  const named = files.filter(
    ({ images, hasUnknown }) =>
      !hasUnknown && images.every((image) => hub.tags(repositoryOf(image)) !== undefined),
  );
  const tagged = named.filter(({ images }) => images.every((image) => hasTag(hub, image)));
  for (const { images } of files) {
    const names = images.filter((image) => !hasTag(hub, image)).map(({ name, tag }) => `${name}:${tag}`);
    for (const name of new Set(names)) lacking.set(name, (lacking.get(name) ?? 0) + 1);
  }
  return {
    files: files.length,
    named: named.length,
    tagged: tagged.length,
    offline: tagged.filter(({ downloads }) => downloads.length === 0).length,
    lacking: [...lacking].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)),
  };
}
