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

export interface LayerDescriptor {
  /** `sha256:...` of the tar, which is uncompressed: digest and diff id are the same. */
  digest: string;
  /** Size of the tar. */
  bytes: number;
}

export interface Layer extends LayerDescriptor {
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
  return { digest: sha256(bytes), bytes: bytes.byteLength, tar: bytes };
}

/** Folders of a Debian whose mode is not the usual one. */
const FOLDER_MODES = new Map([
  ["root", 0o700],
  ["tmp", 0o1777],
  ["var/tmp", 0o1777],
]);

/** The entries with the folders that they are in. Docker would make a folder that is missing for root alone. */
export function addFolders(entries: readonly LayerEntry[]): LayerEntry[] {
  const known = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join("/");
      const mode = FOLDER_MODES.get(parent);
      if (!known.has(parent)) {
        known.set(parent, { kind: "folder", path: parent, ...(mode === undefined ? {} : { mode }) });
      } else if (known.get(parent)?.kind !== "folder") {
        throw new Error(`"${path}" is in something that is not a folder`);
      }
    }
  }
  const twice = entries.filter((entry) => known.get(entry.path) !== entry);
  return [...known.values(), ...twice];
}
