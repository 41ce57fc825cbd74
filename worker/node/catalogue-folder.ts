/** The catalogue in Node: from the guest's folder, the one with `catalogue.json` and `chunks/`. */
import { join } from "node:path";
import { ChunkFetcher } from "../disk/chunk-fetcher";
import { createDecompress } from "../disk/zstd";
import type { Catalogue } from "../hub/catalogue/catalogue";
import { type CatalogueIndex, parseCatalogueIndex } from "../hub/catalogue/catalogue-index";
import { openChunkedCatalogue } from "../hub/catalogue/chunked-catalogue";
import { chunkFolder, readGuestFile } from "./chunk-folder";

/** @throws DrydockError `bad-manifest`, `version-mismatch` */
export function readCatalogueIndex(guestFolder: string): Promise<CatalogueIndex> {
  return readGuestFile(join(guestFolder, "catalogue.json"), parseCatalogueIndex);
}

/** @throws DrydockError `bad-manifest`, `version-mismatch` */
export async function openCatalogueFolder(guestFolder: string): Promise<Catalogue> {
  return openChunkedCatalogue(await readCatalogueIndex(guestFolder), {
    chunks: new ChunkFetcher({ source: chunkFolder(guestFolder), retryDelays: [] }),
    decompress: await createDecompress(),
  });
}
