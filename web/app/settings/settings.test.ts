import { describe, expect, it, vi } from "vitest";
import { DEFAULT_SETTINGS, parseSettings, type Settings } from "./settings";
import { SettingsStore, type SettingsStorage } from "./settings-store";

const chosen: Settings = {
  language: "en",
  theme: "dark",
  fontSize: 18,
  screenReader: true,
  relayUrl: "wss://relay.example/",
};

describe("parseSettings", () => {
  it("takes what is sound as it is", () => {
    expect(parseSettings(chosen)).toEqual(chosen);
  });

  it.each([undefined, null, "dark", 7, [], new Uint8Array(4)])("makes the defaults of %j", (stored) => {
    expect(parseSettings(stored)).toEqual(DEFAULT_SETTINGS);
  });

  it.each([
    ["language", "fr"],
    ["language", 1],
    ["theme", "sepia"],
    ["fontSize", 3],
    ["fontSize", 1000],
    ["fontSize", "18"],
    ["fontSize", Number.NaN],
    ["screenReader", "yes"],
    ["relayUrl", "https://relay.example/"],
    ["relayUrl", "relay"],
    ["relayUrl", null],
  ] as const)("loses only %s when it is %j", (field, value) => {
    expect(parseSettings({ ...chosen, [field]: value })).toEqual({
      ...chosen,
      [field]: DEFAULT_SETTINGS[field],
    });
  });

  it("drops what it does not know and fills in what is new", () => {
    expect(parseSettings({ theme: "light", old: true })).toEqual({ ...DEFAULT_SETTINGS, theme: "light" });
  });
});

function inMemory(stored: unknown): SettingsStorage & { stored: unknown } {
  const storage = {
    stored,
    read: () => Promise.resolve(storage.stored),
    write: (settings: Settings) => {
      storage.stored = settings;
      return Promise.resolve();
    },
  };
  return storage;
}

describe("SettingsStore", () => {
  it("loads, changes and stores", async () => {
    const storage = inMemory({ theme: "dark", fontSize: "big" });
    const store = new SettingsStore(storage);
    const heard = vi.fn();
    store.subscribe(heard);
    await store.load();
    expect(store.getSnapshot()).toEqual({ settings: { ...DEFAULT_SETTINGS, theme: "dark" }, kept: true });
    await store.change({ fontSize: 20 });
    expect(storage.stored).toEqual({ ...DEFAULT_SETTINGS, theme: "dark", fontSize: 20 });
    expect(heard).toHaveBeenCalled();
  });

  it("does not lose a change to a slow read", async () => {
    const store = new SettingsStore(inMemory({ theme: "dark" }));
    const loading = store.load();
    const changing = store.change({ theme: "light" });
    await Promise.all([loading, changing]);
    expect(store.getSnapshot().settings.theme).toBe("light");
  });

  it("works without storage, and says that nothing is kept", async () => {
    const refuse = (): Promise<never> => Promise.reject(new Error("denied"));
    const store = new SettingsStore({ read: refuse, write: refuse });
    await store.load();
    expect(store.getSnapshot()).toEqual({ settings: DEFAULT_SETTINGS, kept: false });
    await store.change({ language: "en" });
    expect(store.getSnapshot()).toEqual({ settings: { ...DEFAULT_SETTINGS, language: "en" }, kept: false });
  });
});
