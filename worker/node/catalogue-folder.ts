/** The catalogue in Node: from the guest's folder, the one with `catalogue.json` and `chunks/`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ChunkFetcher } from "../disk/chunk-fetcher";
import { createDecompress } from "../disk/zstd";
import { DrydockError, messageOf } from "../../contract/errors";
import type { Catalogue } from "../hub/catalogue/catalogue";
import { type CatalogueIndex, parseCatalogueIndex } from "../hub/catalogue/catalogue-index";
import { openChunkedCatalogue } from "../hub/catalogue/chunked-catalogue";
import { chunkFolder } from "./chunk-folder";

/** @throws DrydockError `bad-manifest`, `version-mismatch` */
export async function readCatalogueIndex(guestFolder: string): Promise<CatalogueIndex> {
  const path = join(guestFolder, "catalogue.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new DrydockError("bad-manifest", messageOf(cause), { subject: path, cause });
  }
  return parseCatalogueIndex(text, path);
}

/** @throws DrydockError `bad-manifest`, `version-mismatch` */
export async function openCatalogueFolder(guestFolder: string): Promise<Catalogue> {
  return openChunkedCatalogue(await readCatalogueIndex(guestFolder), {
    chunks: new ChunkFetcher({ source: chunkFolder(guestFolder), retryDelays: [] }),
    decompress: await createDecompress(),
  });
}
