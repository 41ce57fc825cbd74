/** One layer of an image: an uncompressed tar that depends on nothing but what is in it. */
import { createHash } from "node:crypto";
import { pack } from "tar-stream";

/** Everything in an image is as old as this, so that the same recipe gives the same digest. */
export const CREATED = "2025-08-09T00:00:00Z";

export type LayerEntry = {
  /** Path in the image, without a leading slash. */
  path: string;
  /** Permissions; the usual ones of the kind unless given. */
  mode?: number;
  uid?: number;
  gid?: number;
} & ({ kind: "folder" } | { kind: "file"; content: Uint8Array } | { kind: "link"; target: string });

export interface Layer {
  /** `sha256:...` of the tar, which is uncompressed: digest and diff id are the same. */
  digest: string;
  tar: Uint8Array;
}

export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

const DEFAULT_MODES = { folder: 0o755, file: 0o644, link: 0o777 } as const;

function refuseOddPath(path: string): void {
  const odd =
    path === "" || path.startsWith("/") || path.split("/").some((part) => ["", ".", ".."].includes(part));
  if (odd) throw new Error(`not a path inside an image: "${path}"`);
}

/**
 * Packs entries into a layer, sorted by path, so that folders come before what is in them.
 *
 * @throws Error when a path is absolute, leaves the image, or comes twice
 */
export async function packLayer(entries: LayerEntry[]): Promise<Layer> {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const tar = pack();
  for (const [index, entry] of sorted.entries()) {
    refuseOddPath(entry.path);
    if (sorted[index + 1]?.path === entry.path) throw new Error(`twice in one layer: "${entry.path}"`);
    const header = {
      name: entry.kind === "folder" ? `${entry.path}/` : entry.path,
      mode: entry.mode ?? DEFAULT_MODES[entry.kind],
      uid: entry.uid ?? 0,
      gid: entry.gid ?? 0,
      mtime: new Date(CREATED),
    };
    if (entry.kind === "folder") tar.entry({ ...header, type: "directory" });
    else if (entry.kind === "link") tar.entry({ ...header, type: "symlink", linkname: entry.target });
    else tar.entry({ ...header, type: "file" }, Buffer.from(entry.content));
  }
  tar.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of tar) parts.push(part as Uint8Array);
  const bytes = Buffer.concat(parts);
  return { digest: sha256(bytes), tar: bytes };
}
