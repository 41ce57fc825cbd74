/** Chunks from a folder on disk, for the machine in Node. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../../contract/manifest";
import type { ChunkSource } from "../disk/chunk-fetcher";
import { readManifestText } from "../disk/read-manifest";
import { DrydockError, messageOf } from "../../contract/errors";

export function chunkFolder(guestFolder: string): ChunkSource {
  return {
    read: async (chunk) => {
      try {
        return new Uint8Array(await readFile(join(guestFolder, "chunks", chunk.sha256)));
      } catch (cause) {
        throw new DrydockError("bad-chunk", messageOf(cause), { subject: chunk.sha256, cause });
      }
    },
  };
}

/** Reads and validates `manifest.json`. Throws `bad-manifest`, `version-mismatch`. */
export async function readManifest(guestFolder: string): Promise<Manifest> {
  const path = join(guestFolder, "manifest.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new DrydockError("bad-manifest", messageOf(cause), { subject: path, cause });
  }
  return readManifestText(text, path);
}
