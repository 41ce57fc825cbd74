/** A machine that is nothing but memory and disk, kept by the real keeper in the real store, on a disk that tests kill. */
import { beforeEach, describe, expect, it } from "vitest";
import type { PagePart } from "../contract/sessions";
import { seededRandom } from "./lan/testing/random";
import { SessionKeeper } from "./session-keeper";
import { lonelyLocks } from "./sessions/memory-files";
import { SessionStore } from "./sessions/store";
import { exportSession, importSession } from "./sessions/transfer";
import { type DiskContent, DyingFiles } from "./sessions/testing/dying-files";
import { TestMachine } from "./testing/test-machine";

const GUEST = { id: "guest-a" };

interface Tab {
  readonly files: DyingFiles;
  readonly store: SessionStore;
  readonly machine: TestMachine;
  readonly keeper: SessionKeeper;
  readonly damage: unknown;
}

const page: PagePart = {
  terminals: [{ console: 0, screen: "$ \u001b[1mls" }],
  text: "$ ls",
  place: '{"step":1}',
};
const session = { id: "6f0f9c51-7a52-4b3c-9b4e-0c2f7f5f6a10", createdAt: 5 };

/** A tab in which the session goes on, or begins. */
async function openTab(content: DiskContent, dieAt?: number, random?: () => number): Promise<Tab> {
  const files = new DyingFiles(content, dieAt, random);
  const store = new SessionStore(files, lonelyLocks());
  const machine = new TestMachine();
  const isKept = (await store.list()).some(({ entry }) => entry.id === session.id);
  const opened = isKept ? await store.open(await store.claim(session.id)) : undefined;
  if (opened !== undefined) await machine.open(opened, store);
  const keeper: SessionKeeper = new SessionKeeper({
    store,
    machine,
    manifest: GUEST,
    session,
    loaded: opened,
    onMark: (id) => keeper.pagePart(id, page),
  });
  return { files, store, machine, keeper, damage: opened?.damage };
}

let content: DiskContent;
beforeEach(() => {
  content = new Map();
});

describe("a kept machine", () => {
  it("is the same in another tab: memory, disk, thin state, the page's part", async () => {
    const random = seededRandom(1);
    const first = await openTab(content);
    await first.machine.work(random);
    const result = await first.keeper.save({ reason: "asked" });
    expect(result).toMatchObject({ sessionId: session.id, pointId: undefined });
    expect(result.bytes).toBe(
      [...content].reduce((sum, [name, { length }]) => (name.startsWith("root") ? sum : sum + length), 0),
    );
    expect(result.addedBytes).toBe(result.bytes);
    const second = await openTab(content);
    expect(second.machine.whole).toBe(first.machine.whole);
    const [listed] = await second.store.list();
    expect(listed?.head).toMatchObject({ text: page.text, place: page.place, guest: { id: GUEST.id } });
    const { body } = await second.store.open(await second.store.find(session.id));
    expect(body.terminals).toEqual(page.terminals);
  });

  it("writes only what is new, and each content once", async () => {
    const first = await openTab(content);
    first.machine.ram.fill(7, 0, 40);
    await first.keeper.save({ reason: "asked" });
    const before = new Set(content.keys());
    const blocks = (await first.store.bank.open(onlyPack(content))).keys.length;
    expect(blocks).toBe(1);
    first.machine.ram[41] = 7;
    await first.keeper.save({ reason: "asked" });
    expect([...content.keys()].filter((name) => name.startsWith("pack-") && !before.has(name))).toEqual([]);
  });

  it("keeps the save before, drops older ones, and lets packs go of which little is in use", async () => {
    const random = seededRandom(2);
    const tab = await openTab(content);
    const sizes: number[] = [];
    for (let round = 0; round < 60; round++) {
      await tab.machine.work(random);
      sizes.push((await tab.keeper.save({ reason: "timer" })).bytes);
      expect([...content.keys()].filter((name) => name.startsWith("save-")).length).toBeLessThanOrEqual(2);
    }
    const [early = 0, late = 0] = [sizes[9], sizes.at(-1)];
    expect(late).toBeLessThan(4 * early);
    expect((await openTab(content)).machine.whole).toBe(tab.machine.whole);
  });

  it("does not wait for a page that says nothing, and has what it said before", async () => {
    const tab = await openTab(content);
    const silent = new SessionKeeper({
      store: tab.store,
      machine: tab.machine,
      manifest: GUEST,
      session,
      onMark: () => undefined,
    });
    silent.pagePart(0, page);
    await silent.save({ reason: "hidden" });
    expect((await tab.store.list())[0]?.head?.text).toBe(page.text);
  });
});

const filesBelowRoot = (content: DiskContent): string[] =>
  [...content.keys()].filter((name) => !name.startsWith("root-")).sort();

function onlyPack(content: DiskContent): { name: string; bytes: number } {
  const [pack] = [...content].filter(([name]) => name.startsWith("pack-"));
  if (pack === undefined) throw new Error("no pack");
  return { name: pack[0], bytes: pack[1].byteLength };
}

describe("restore points", () => {
  it("are saves to which a machine goes back, also in another tab", async () => {
    const random = seededRandom(3);
    const tab = await openTab(content);
    const points = new Map<string, string>();
    for (let step = 0; step < 20; step++) {
      await tab.machine.work(random);
      const point = { label: `step ${step}`, kind: "step-start" };
      const { pointId } = await tab.keeper.save({ reason: "step", point });
      if (pointId !== undefined) points.set(pointId, tab.machine.whole);
    }
    const later = await openTab(content);
    const entry = await later.store.find(session.id);
    expect(entry.points).toHaveLength(12);
    for (const point of entry.points) {
      const loaded = await later.store.load(point.save);
      await later.machine.open(loaded, later.store);
      expect(later.machine.whole).toBe(points.get(point.id));
    }
    const [oldest] = entry.points;
    if (oldest === undefined) throw new Error("no point");
    await later.store.returnTo(session.id, oldest.id);
    await later.store.dropPoints(session.id);
    expect((await openTab(content)).machine.whole).toBe(points.get(oldest.id));
  });
});

describe("1,000 rounds", () => {
  it("of tabs that are killed at whatever moment each open to a whole save, of the moment that was saved last", async () => {
    const random = seededRandom(4);
    let saved = new TestMachine().whole;
    let killed = 0;
    let deepest = 0;
    for (let round = 0; round < 1000; round++) {
      // An end that is near: each write boundary of a save in its turn, from its claim to what is removed afterwards.
      const dying = await openTab(content, 1 + (round % 17), random).catch(() => undefined);
      if (dying === undefined) {
        killed++;
        continue;
      }
      await dying.machine.work(random);
      const attempted = dying.machine.whole;
      let done = false;
      try {
        const point = round % 3 === 0 ? { point: { label: "p", kind: "step-end" } } : {};
        await dying.keeper.save({ reason: "timer", ...point });
        done = true;
        if (round % 5 === 0) await dying.store.rename(session.id, `round ${round}`);
        if (round % 50 === 0) await dying.store.dropPoints(session.id);
      } catch (error) {
        expect(dying.files.isDead, String(error)).toBe(true);
      }
      deepest = Math.max(deepest, dying.files.operations);
      if (dying.files.isDead) killed++;
      // The root may be safe although nobody has heard of it.
      const now = await openTab(content);
      expect(now.damage).toBeUndefined();
      if (done || now.machine.whole === attempted) saved = attempted;
      expect(now.machine.whole).toBe(saved);
    }
    expect(killed).toBeGreaterThan(600);
    expect(deepest).toBeGreaterThan(12);
    // Nothing of the dead is left.
    const { store } = await openTab(content);
    await store.rename(session.id, "the end");
    const needed = new Set(
      (await store.list()).flatMap(({ entry }) =>
        [entry.current, entry.previous, ...entry.points.map((point) => point.save)].flatMap((save) =>
          save === undefined
            ? []
            : [save.file.name, save.guest.file.name, ...save.packs.map((pack) => pack.name)],
        ),
      ),
    );
    expect([...content.keys()].filter((name) => !name.startsWith("root-")).sort()).toEqual(
      [...needed].sort(),
    );
  }, 240_000);
});

describe("a disk without room", () => {
  it("fails the save, keeps the one before, and the next has its chance", async () => {
    const random = seededRandom(5);
    const tab = await openTab(content);
    await tab.machine.work(random);
    await tab.keeper.save({ reason: "asked" });
    const saved = tab.machine.whole;
    await tab.machine.work(random);
    const names = filesBelowRoot(content);
    for (const room of [0, 500, 1500]) {
      tab.files.capacity = [...content.values()].reduce((sum, { byteLength }) => sum + byteLength, room);
      await expect(tab.keeper.save({ reason: "timer" })).rejects.toMatchObject({ code: "no-room" });
      expect(filesBelowRoot(content)).toEqual(names);
      expect((await openTab(content)).machine.whole).toBe(saved);
      await tab.store.claim(session.id).catch(() => undefined);
    }
    tab.files.capacity = Infinity;
    await tab.store.claim(session.id);
    await tab.keeper.save({ reason: "timer" });
    expect((await openTab(content)).machine.whole).toBe(tab.machine.whole);
  });
});

describe("bytes that were altered", () => {
  it("in a save or a pack are told, and the save before opens", async () => {
    const random = seededRandom(6);
    const tab = await openTab(content);
    await tab.machine.work(random);
    await tab.keeper.save({ reason: "asked" });
    const before = tab.machine.whole;
    const old = new Set(content.keys());
    await tab.machine.work(random);
    await tab.keeper.save({ reason: "asked" });
    const fresh = [...content.keys()].filter((name) => !old.has(name) && !name.startsWith("root-"));
    expect(fresh.length).toBeGreaterThan(1);
    for (const name of fresh) {
      for (const damage of [cutShort, flipOneBit, emptied, gone]) {
        const damaged: DiskContent = new Map(content);
        damage(damaged, name, random);
        const opened = await openTab(damaged);
        expect(opened.damage).toMatchObject({ code: "bad-save" });
        expect(opened.machine.whole).toBe(before);
        // From now on it is the last one, and can be saved over.
        await opened.keeper.save({ reason: "asked" });
        expect((await openTab(damaged)).damage).toBeUndefined();
      }
    }
  });

  it("in one root leave the other, in both the saves themselves", async () => {
    const random = seededRandom(7);
    const tab = await openTab(content);
    await tab.machine.work(random);
    await tab.keeper.save({ reason: "asked" });
    const before = tab.machine.whole;
    await tab.machine.work(random);
    await tab.keeper.save({ reason: "asked" });
    const both: DiskContent = new Map(content);
    for (const name of ["root-0", "root-1"]) {
      const one: DiskContent = new Map(content);
      flipOneBit(one, name, random);
      flipOneBit(both, name, random);
      expect([before, tab.machine.whole]).toContain((await openTab(one)).machine.whole);
    }
    expect((await openTab(both)).machine.whole).toBe(tab.machine.whole);
  });

  it("of a root of a later version are left alone", async () => {
    const tab = await openTab(content);
    await tab.keeper.save({ reason: "asked" });
    const { seal } = await import("./sessions/sealed");
    const { encodeJson } = await import("./sessions/json");
    content.set("root-0", await seal("ROOT", encodeJson({ format: 9, sequence: 99 })));
    await expect(openTab(content)).rejects.toMatchObject({ code: "version-mismatch" });
  });
});

const cutShort = (disk: DiskContent, name: string, random: () => number): void => {
  const bytes = disk.get(name) ?? new Uint8Array();
  disk.set(name, bytes.slice(0, Math.floor(random() * bytes.length)));
};
const flipOneBit = (disk: DiskContent, name: string, random: () => number): void => {
  const bytes = (disk.get(name) ?? new Uint8Array()).slice();
  const at = Math.floor(random() * bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  disk.set(name, bytes);
};
const emptied = (disk: DiskContent, name: string): void => void disk.set(name, new Uint8Array());
const gone = (disk: DiskContent, name: string): void => void disk.delete(name);

describe("a session in one file", () => {
  async function exported(): Promise<{ blob: Blob; whole: string; store: SessionStore; files: DyingFiles }> {
    const tab = await openTab(content);
    await tab.machine.work(seededRandom(8));
    await tab.keeper.save({ reason: "asked" });
    await tab.store.rename(session.id, "mine");
    const blob = await exportSession(tab.store, tab.files, await tab.store.find(session.id));
    return { blob, whole: tab.machine.whole, store: tab.store, files: tab.files };
  }

  async function take(blob: Blob, disk: DiskContent): Promise<{ whole: string; name: string | undefined }> {
    const files = new DyingFiles(disk);
    const locks = lonelyLocks();
    const store = new SessionStore(files, locks);
    const entry = await importSession(store, files, locks, blob, () => undefined);
    const machine = new TestMachine();
    await machine.open(await store.open(await store.claim(entry.id)), store);
    return { whole: machine.whole, name: entry.name };
  }

  it("goes to another browser, and into the one that it is from", async () => {
    const { blob, whole } = await exported();
    expect(await take(blob, new Map())).toEqual({ whole, name: "mine" });
    expect(await take(blob, content)).toEqual({ whole, name: "mine" });
    expect(await take(blob, content)).toEqual({ whole, name: "mine" });
    expect((await openTab(content)).machine.whole).toBe(whole);
  });

  it("is refused when any byte of it is not what it was, and leaves nothing behind", async () => {
    const { blob } = await exported();
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const random = seededRandom(9);
    for (let round = 0; round < 60; round++) {
      const bad = bytes.slice();
      const at = Math.floor(random() * bad.length);
      bad[at] = (bad[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      const disk: DiskContent = new Map();
      await expect(take(new Blob([bad]), disk)).rejects.toMatchObject({ code: "bad-save" });
      expect([...disk.keys()]).toEqual([]);
    }
    for (const bad of [
      new Uint8Array(),
      bytes.slice(0, 10),
      bytes.slice(0, -1),
      new Uint8Array([...bytes, 0]),
    ])
      await expect(take(new Blob([bad]), new Map())).rejects.toMatchObject({ code: "bad-save" });
  });

  it("cannot put other bytes in the place of a file that is here", async () => {
    const { blob } = await exported();
    const [pack] = [...content.keys()].filter((name) => name.startsWith("pack-"));
    if (pack === undefined) throw new Error("no pack");
    flipOneBit(content, pack, seededRandom(1));
    await expect(take(blob, content)).rejects.toMatchObject({ code: "bad-save" });
  });
});

describe("two tabs", () => {
  it("cannot both write: the one that had it is told", async () => {
    const first = await openTab(content);
    await first.keeper.save({ reason: "asked" });
    const second = await openTab(content);
    await first.machine.work(seededRandom(10));
    await expect(first.keeper.save({ reason: "timer" })).rejects.toMatchObject({ code: "session-taken" });
    await second.machine.work(seededRandom(11));
    await second.keeper.save({ reason: "timer" });
    expect((await openTab(content)).machine.whole).toBe(second.machine.whole);
  });
});
