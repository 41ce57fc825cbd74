/** The settings in IndexedDB. */
import { get, set } from "idb-keyval";
import type { SettingsStorage } from "./settings-store";

const KEY = "settings";

export const idbStorage: SettingsStorage = {
  read: () => get<unknown>(KEY),
  write: (settings) => set(KEY, settings),
};
