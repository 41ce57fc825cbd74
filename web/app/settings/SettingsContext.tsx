import { createStoreContext, useSnapshot } from "../../store";
import type { Settings } from "./settings";
import type { SettingsSnapshot, SettingsStore } from "./settings-store";

const { Provider, useStore } = createStoreContext<SettingsStore>("settings");

export const SettingsProvider = Provider;

export function useSettings(): SettingsSnapshot & { readonly change: (change: Partial<Settings>) => void } {
  const store = useStore();
  return { ...useSnapshot(store), change: (change) => void store.change(change) };
}
