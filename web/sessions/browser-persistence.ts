/** The browser's promise to keep what is stored, for `Persistence`. */
import type { Persistence } from "./page-door";

/** Absent in insecure contexts and old browsers. */
function storage(): StorageManager | undefined {
  return "storage" in navigator ? navigator.storage : undefined;
}

export const browserPersistence: Persistence = {
  isGranted: async () => storage()?.persisted(),
  ask: async () => (await storage()?.persist()) ?? false,
};
