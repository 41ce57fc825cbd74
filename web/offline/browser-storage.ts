/** The browser's storage for this site: how much there is, and whether it may be taken away. */
import type { BrowserStorage } from "./offline-store";

/** Undefined in browsers and contexts without a storage manager. */
function manager(): StorageManager | undefined {
  return "storage" in navigator ? navigator.storage : undefined;
}

export const browserStorage: BrowserStorage = {
  persist: async () => manager()?.persist(),
  persisted: async () => manager()?.persisted(),
  estimate: async () => {
    const { usage, quota } = (await manager()?.estimate()) ?? {};
    return usage === undefined || quota === undefined ? undefined : { used: usage, quota };
  },
};
