/** The two stores for the components: the page's release, and what is kept for offline use. */
import { createStoreContext, useSnapshot } from "../store";
import type { OfflineSnapshot, OfflineStore } from "./offline-store";
import type { ReleaseSnapshot, ReleaseStore } from "./release-store";

const release = createStoreContext<ReleaseStore>("release");
const offline = createStoreContext<OfflineStore>("offline store");

export const ReleaseProvider = release.Provider;
export const OfflineProvider = offline.Provider;

export function useRelease(): ReleaseSnapshot & { readonly store: ReleaseStore } {
  const store = release.useStore();
  return { ...useSnapshot(store), store };
}

export function useOffline(): OfflineSnapshot & { readonly store: OfflineStore } {
  const store = offline.useStore();
  return { ...useSnapshot(store), store };
}
