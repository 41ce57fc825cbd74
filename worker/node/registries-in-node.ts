/** The machine's registries in Node: the built guest's images, and what is pushed in a folder or in memory. */
import type { RegistryError } from "../hub/errors";
import { createMemoryStorage } from "../hub/storage/memory-store";
import { openFileStorage } from "../hub/node/file-store";
import type { RegistryStorage } from "../hub/storage/store";
import type { RegistryPorts } from "../machine/registries";
import { openCatalogueFolder } from "./catalogue-folder";

export interface NodeRegistryOptions {
  /** The folder with `catalogue.json` and `chunks/`. */
  readonly guestFolder: string;
  /** A folder for what is pushed. */
  readonly dataFolder?: string | undefined;
  /** What is pushed, when there is no folder; by default it ends with the program. */
  readonly storage?: RegistryStorage;
  readonly onFailure: (error: RegistryError) => void;
}

/** @throws Node's own errors for a folder that cannot be read or made, DrydockError for an invalid catalogue */
export async function openRegistriesInNode(options: NodeRegistryOptions): Promise<RegistryPorts> {
  const { guestFolder, dataFolder, onFailure } = options;
  const storage =
    dataFolder === undefined
      ? (options.storage ?? createMemoryStorage())
      : await openFileStorage(dataFolder, Infinity);
  const catalogue = await openCatalogueFolder(guestFolder);
  return { storage, catalogue, onFailure };
}
