/** The settings as an external store over the browser's storage. They work without it, for one visit. */
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

export class SettingsStore {
  readonly #storage: SettingsStorage;
  readonly #listeners = new Set<() => void>();
  #snapshot: SettingsSnapshot = { settings: DEFAULT_SETTINGS, kept: true };
  #touched = false;

  constructor(storage: SettingsStorage) {
    this.#storage = storage;
  }

  readonly getSnapshot = (): SettingsSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes what was stored; what was changed meanwhile wins. Never rejects. */
  async load(): Promise<void> {
    try {
      const settings = parseSettings(await this.#storage.read());
      if (!this.#touched) this.#update({ settings, kept: true });
    } catch {
      // Private windows and full disks refuse: the dialog says that nothing is kept.
      this.#update({ ...this.#snapshot, kept: false });
    }
  }

  /** Changes settings at once and stores them. Never rejects. */
  async change(change: Partial<Settings>): Promise<void> {
    this.#touched = true;
    const settings = parseSettings({ ...this.#snapshot.settings, ...change });
    this.#update({ ...this.#snapshot, settings });
    try {
      await this.#storage.write(settings);
      this.#update({ ...this.#snapshot, kept: true });
    } catch {
      // As above.
      this.#update({ ...this.#snapshot, kept: false });
    }
  }

  #update(snapshot: SettingsSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}
