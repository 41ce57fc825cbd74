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
export function readManifest(guestFolder: string): Promise<Manifest> {
  return readGuestFile(join(guestFolder, "manifest.json"), readManifestText);
}

/**
 * Reads a file that says what the guest is made of.
 * @param read makes something of its text; `subject` is for its errors
 * @throws DrydockError `bad-manifest` when the file is not there
 */
export async function readGuestFile<T>(path: string, read: (text: string, subject: string) => T): Promise<T> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new DrydockError("bad-manifest", messageOf(cause), { subject: path, cause });
  }
  return read(text, path);
}
