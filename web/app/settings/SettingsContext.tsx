import { createContext, use, useSyncExternalStore, type ReactElement, type ReactNode } from "react";
import type { Settings } from "./settings";
import type { SettingsSnapshot, SettingsStore } from "./settings-store";

const SettingsContext = createContext<SettingsStore | undefined>(undefined);

export function SettingsProvider(props: {
  readonly store: SettingsStore;
  readonly children: ReactNode;
}): ReactElement {
  return <SettingsContext value={props.store}>{props.children}</SettingsContext>;
}

export function useSettings(): SettingsSnapshot & { readonly change: (change: Partial<Settings>) => void } {
  const store = use(SettingsContext);
  if (store === undefined) throw new Error("useSettings needs a SettingsProvider above it");
  const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot);
  return { ...snapshot, change: (change) => void store.change(change) };
}
