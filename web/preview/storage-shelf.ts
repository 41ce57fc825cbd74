/** What the machine's pages keep in `localStorage` and `sessionStorage`, by origin, for as long as the machine lives. */
import type { StorageArea } from "./frame/messages";
import type { KeptStorage } from "./preview-page";

/** In characters, over all origins: a page that fills it up loses what it writes after. */
const MAX_CHARACTERS = 20 * 1024 * 1024;

export class StorageShelf {
  readonly #areas = new Map<string, Record<StorageArea, Map<string, string>>>();
  #characters = 0;

  of(origin: string): KeptStorage {
    const { local, session } = this.#at(origin);
    return { local: Object.fromEntries(local), session: Object.fromEntries(session) };
  }

  /** `undefined` removes the key. */
  put(origin: string, area: StorageArea, key: string, value: string | undefined): void {
    const map = this.#at(origin)[area];
    const before = map.get(key);
    const change =
      (value?.length ?? 0) -
      (before?.length ?? 0) +
      key.length * (Number(value !== undefined) - Number(before !== undefined));
    if (change > 0 && this.#characters + change > MAX_CHARACTERS) return;
    this.#characters += change;
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }

  clear(): void {
    this.#areas.clear();
    this.#characters = 0;
  }

  #at(origin: string): Record<StorageArea, Map<string, string>> {
    const known = this.#areas.get(origin);
    if (known !== undefined) return known;
    const made = { local: new Map<string, string>(), session: new Map<string, string>() };
    this.#areas.set(origin, made);
    return made;
  }
}
