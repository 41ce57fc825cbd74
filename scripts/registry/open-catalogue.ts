/** Which images `npm run registry` has from the start. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { buildCatalogue } from "../../images/build";
import { createProgress } from "../../images/pipeline/progress";
import { type Catalogue, emptyCatalogue } from "../../worker/hub/catalogue/catalogue";
import { readOciLayout } from "../../worker/hub/node/oci-layout";
import { openCatalogueFolder } from "../../worker/node/catalogue-folder";

/**
 * @param from undefined for the app's own images, built if they are stale; `none`; or a folder: an OCI layout, or one with a
 * `catalogue.json`
 * @throws Error or DrydockError when the folder is neither
 */
export async function openCatalogue(from: string | undefined): Promise<Catalogue> {
  if (from === "none") return emptyCatalogue;
  if (from === undefined)
    return openCatalogueFolder(await buildCatalogue({ log: createProgress(process.stderr) }));
  const isOurs = await stat(join(from, "catalogue.json")).then(
    () => true,
    () => false,
  );
  return isOurs ? openCatalogueFolder(from) : readOciLayout(from);
}
