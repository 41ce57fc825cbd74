/** `localStorage`, `sessionStorage` and `document.cookie` of a page that has no origin to keep them: the pane keeps them. */
import type { Frame } from "./frame";
import type { StorageArea } from "./messages";
import { toText } from "./natives";

/** As browsers have it, in characters of keys and values. */
const QUOTA = 5 * 1024 * 1024;

export function createStorage(
  kept: Readonly<Record<string, string>>,
  onChange: (key: string, value: string | undefined) => void,
): Storage {
  const map = new Map(Object.entries(kept));
  const size = (): number => [...map].reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  const area = {
    get length() {
      return map.size;
    },
    key: (index: number) => [...map.keys()][index] ?? null,
    getItem: (key: unknown) => map.get(toText(key)) ?? null,
    setItem(key: unknown, value: unknown) {
      const [name, text] = [toText(key), toText(value)];
      if (size() - (map.get(name)?.length ?? -name.length) + text.length > QUOTA)
        throw new DOMException("the quota of this storage has been exceeded", "QuotaExceededError");
      map.set(name, text);
      onChange(name, text);
    },
    removeItem(key: unknown) {
      const name = toText(key);
      if (map.delete(name)) onChange(name, undefined);
    },
    clear() {
      for (const key of [...map.keys()]) area.removeItem(key);
    },
  };
  const isItem = (key: string | symbol): key is string => typeof key === "string" && !(key in area);
  return new Proxy(area, {
    get: (target, key) => (isItem(key) ? map.get(key) : (Reflect.get(target, key) as unknown)),
    set(_, key, value) {
      if (isItem(key)) area.setItem(key, value);
      return true;
    },
    deleteProperty(_, key) {
      if (isItem(key)) area.removeItem(key);
      return true;
    },
    has: (target, key) => key in target || (typeof key === "string" && map.has(key)),
    ownKeys: () => [...map.keys()],
    getOwnPropertyDescriptor: (_, key) =>
      isItem(key) && map.has(key)
        ? { value: map.get(key), writable: true, enumerable: true, configurable: true }
        : undefined,
  });
}

export function installStorage(
  frame: Frame,
  kept: Readonly<Record<StorageArea, Readonly<Record<string, string>>>>,
): void {
  for (const area of ["local", "session"] as const) {
    const storage = createStorage(kept[area], (key, value) =>
      frame.say({ type: "stored", area, key, value }),
    );
    Object.defineProperty(window, `${area}Storage`, {
      configurable: true,
      enumerable: true,
      get: () => storage,
    });
  }
  Object.defineProperty(document, "cookie", {
    configurable: true,
    enumerable: true,
    get: () => frame.cookie,
    set: (text: unknown) => {
      const cookie = toText(text);
      frame.say({ type: "cookie", url: frame.address.guest.href, cookie });
      // What the machine will say of it comes with the next answer.
      frame.cookie = mergeCookie(frame.cookie, cookie);
    },
  });
}

/** `document.cookie` after an assignment to it, as far as this side can tell. */
export function mergeCookie(cookies: string, assigned: string): string {
  const [pair = "", ...attributes] = assigned.split(";").map((part) => part.trim());
  const [name = ""] = pair.split("=");
  const others = cookies.split("; ").filter((cookie) => cookie !== "" && cookie.split("=")[0] !== name);
  const isOver = attributes.some((attribute) => {
    const [, age] = /^max-age=(-?\d+)$/iu.exec(attribute) ?? [];
    const [, date] = /^expires=(.*)$/iu.exec(attribute) ?? [];
    return (age !== undefined && Number(age) <= 0) || (date !== undefined && Date.parse(date) <= Date.now());
  });
  return [...others, ...(isOver || pair === "" ? [] : [pair])].join("; ");
}
