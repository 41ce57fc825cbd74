/** The settings as an external store over the browser's storage. They work without it, for one visit. */
import { Store } from "../../store";
import { DEFAULT_SETTINGS, parseSettings, type Settings } from "./settings";

export interface SettingsStorage {
  /** What was last stored; undefined when nothing was. */
  read(): Promise<unknown>;
  write(settings: Settings): Promise<void>;
}

export interface SettingsSnapshot {
  readonly settings: Settings;
  /** Whether they will still be there at the next visit. */
  readonly kept: boolean;
}

export class SettingsStore extends Store<SettingsSnapshot> {
  readonly #storage: SettingsStorage;
  #touched = false;

  constructor(storage: SettingsStorage) {
    super({ settings: DEFAULT_SETTINGS, kept: true });
    this.#storage = storage;
  }

  /** Takes what was stored; what was changed meanwhile wins. Never rejects. */
  async load(): Promise<void> {
    try {
      const settings = parseSettings(await this.#storage.read());
      if (!this.#touched) this.update({ settings, kept: true });
    } catch {
      // Private windows and full disks refuse: the dialog says that nothing is kept.
      this.update({ kept: false });
    }
  }

  /** Changes settings at once and stores them. Never rejects. */
  async change(change: Partial<Settings>): Promise<void> {
    this.#touched = true;
    const settings = parseSettings({ ...this.getSnapshot().settings, ...change });
    this.update({ settings });
    try {
      await this.#storage.write(settings);
      this.update({ kept: true });
    } catch {
      // The storage refuses: the change holds for this visit, and the dialog says so.
      this.update({ kept: false });
    }
  }
}
