/** The contract's group for kept machines, with tabs of one browser and machines that are memory and disk alone. */
import { describe, expect, it } from "vitest";
import type { MachineEvent, SessionState, StartOptions } from "../contract/protocol";
import { sampleManifest } from "./disk/testing/sample-manifest";
import { seededRandom } from "./lan/testing/random";
import { SessionKeeper } from "./session-keeper";
import { SessionServices } from "./session-services";
import type { SaveFiles, SaveLocks } from "./sessions/files";
import { DyingFiles, type DiskContent } from "./sessions/testing/dying-files";
import type { LoadedSave, OpenedSave } from "./sessions/store";
import { Tabs } from "./sessions/testing/tabs";
import { TestMachine } from "./testing/test-machine";

const guestUrl = "https://host/guest/";
const part = { terminals: [], text: "$ ls", place: '{"step":2}' };
const random = seededRandom(21);

class Tab {
  readonly machine = new TestMachine();
  readonly events: MachineEvent[] = [];
  manifestsFetched = 0;
  readonly services: SessionServices;
  readonly manifest;

  constructor(saves: { files: SaveFiles; locks: SaveLocks } | undefined, guest = "a") {
    this.manifest = sampleManifest({ id: guest.repeat(64) });
    this.services = new SessionServices({
      openSaves: () => Promise.resolve(saves),
      fetchManifest: () => {
        this.manifestsFetched += 1;
        return Promise.resolve(this.manifest);
      },
      emit: (event) => {
        this.events.push(event);
        if (event.type === "save-mark") this.services.pagePart(event.saveId, part);
      },
    });
  }

  /** As worker/session.ts does it. */
  async start(choice: StartOptions["session"]): Promise<OpenedSave | undefined> {
    const beginning = await this.services.begin(choice);
    if (beginning === undefined) return undefined;
    const opened = await beginning.kept?.load();
    if (opened !== undefined) await this.machine.open(opened, beginning.store);
    const keep = (loaded: OpenedSave | undefined): void => {
      this.services.attach({
        keeper: new SessionKeeper({
          store: beginning.store,
          machine: this.machine,
          manifest: this.manifest,
          session: beginning.session,
          loaded,
          onMark: (saveId) => this.services.pagePart(saveId, part),
        }),
        shipped: this.machine.shipped,
        savedAt: loaded?.entry.savedAt,
        damage: loaded?.damage,
        goBack: async (_state, point: LoadedSave, onLeft) => {
          onLeft();
          await this.machine.open(point, beginning.store);
          keep(point);
        },
      });
    };
    keep(opened);
    return opened;
  }

  get states(): string[] {
    return this.events.flatMap((event) => (event.type === "session" ? [event.session.kind] : []));
  }

  get state(): SessionState | undefined {
    return this.events.flatMap((event) => (event.type === "session" ? [event.session] : [])).at(-1);
  }
}

class Browser {
  readonly content: DiskContent = new Map();
  readonly #tabs = new Tabs();
  files = new DyingFiles(this.content);

  open(guest?: string): Tab {
    return new Tab({ files: this.files, locks: this.#tabs.open() }, guest);
  }
}

const code = (name: string): object => ({ name: "DrydockError", code: name });

describe("a session", () => {
  it("comes to be with its first save, and is listed with what the page said", async () => {
    const browser = new Browser();
    const tab = browser.open();
    await tab.start("new");
    expect(await tab.services.list(guestUrl)).toEqual([]);
    // The page asks before it starts anything, on a first visit as well.
    expect(tab.manifestsFetched).toBe(0);
    const { sessionId, savedAt, bytes } = await tab.services.save({ reason: "asked" });
    tab.services.touched();
    expect(tab.states).toEqual(["unsaved", "saving", "saved", "unsaved"]);
    const [listed] = await browser.open().services.list(guestUrl);
    expect(listed).toMatchObject({ id: sessionId, savedAt, bytes, screen: part.text, place: part.place });
    expect(listed).toMatchObject({ name: undefined, isOlderGuest: false, isDamaged: false, isInUse: true });
    const [older] = await browser.open("b").services.list(guestUrl);
    expect(older?.isOlderGuest).toBe(true);
  });

  it("goes on in another tab, which is told when it was saved", async () => {
    const browser = new Browser();
    const first = browser.open();
    await first.start("new");
    await first.machine.work(random);
    const { sessionId, savedAt } = await first.services.save({ reason: "asked" });
    first.services.end();
    const second = browser.open();
    await second.start({ id: sessionId });
    expect(second.machine.whole).toBe(first.machine.whole);
    expect(second.state).toMatchObject({ kind: "saved", sessionId, savedAt });
  });

  it("is one tab's: another may take it over, and the first is told and saves no more", async () => {
    const browser = new Browser();
    const first = browser.open();
    await first.start("new");
    const { sessionId: id } = await first.services.save({ reason: "asked" });
    const second = browser.open();
    await expect(second.start({ id })).rejects.toMatchObject(code("session-in-use"));
    await second.start({ id, takeOver: true });
    expect(first.state).toEqual({ kind: "taken" });
    await expect(first.services.save({ reason: "asked" })).rejects.toMatchObject(code("session-taken"));
    expect(first.state).toEqual({ kind: "taken" });
    // What was done here since can still become a session of its own.
    const { sessionId } = await first.services.saveAs("mine");
    expect(first.state).toMatchObject({ kind: "saved", sessionId });
    await first.services.save({ reason: "asked" });
    expect(second.state).toMatchObject({ kind: "saved" });
    await second.services.save({ reason: "asked" });
    await expect(second.services.drop(id)).rejects.toMatchObject(code("session-in-use"));
  });

  it("that is damaged opens as it was before, and says so", async () => {
    const browser = new Browser();
    const first = browser.open();
    await first.start("new");
    const { sessionId: id } = await first.services.save({ reason: "asked" });
    const old = new Set(browser.content.keys());
    await first.machine.work(random);
    await first.services.save({ reason: "asked" });
    for (const name of browser.content.keys())
      if (!old.has(name) && !name.startsWith("root-")) browser.content.set(name, new Uint8Array());
    first.services.end();
    const second = browser.open();
    expect((await second.services.list(guestUrl))[0]).toMatchObject({ id, isDamaged: true });
    await second.start({ id });
    expect(second.state).toMatchObject({ kind: "saved", damage: { code: "bad-save" } });
  });

  it("can be named, saved as another, exported, taken in and dropped", async () => {
    const browser = new Browser();
    const tab = browser.open();
    await tab.start("new");
    const { sessionId: id } = await tab.services.save({ reason: "asked" });
    await tab.services.rename(id, "  first  ");
    const second = await tab.services.saveAs("second");
    const names = async (): Promise<(string | undefined)[]> =>
      (await tab.services.list(guestUrl)).map(({ name }) => name).sort();
    expect(second.sessionId).not.toBe(id);
    expect(await names()).toEqual(["first", "second"]);
    const taken = await tab.services.import(await tab.services.export(id));
    expect(taken).toMatchObject({ name: "first", isInUse: false });
    expect(await names()).toEqual(["first", "first", "second"]);
    await tab.services.drop(id);
    await tab.services.drop(taken.id);
    await expect(tab.services.drop(second.sessionId)).rejects.toMatchObject(code("session-in-use"));
    await tab.services.save({ reason: "asked" });
    expect(await names()).toEqual(["second"]);
  });
});

describe("the guest of a session", () => {
  it("is kept as long as a save is of it, whatever guest the page has by then", async () => {
    const browser = new Browser();
    const first = browser.open("a");
    await first.start("new");
    const { sessionId: id } = await first.services.save({ reason: "asked" });
    first.services.end();
    const later = browser.open("b");
    expect(await later.services.guests()).toEqual([first.manifest]);
    const beginning = await later.services.begin({ id });
    expect(beginning?.kept?.guestId).toBe(first.manifest.id);
    expect(await beginning?.kept?.manifest()).toEqual(first.manifest);
    later.services.end();
    await later.services.drop(id);
    expect(await later.services.guests()).toEqual([]);
  });
});

describe("saves", () => {
  it("that nobody asked for share one that is under way", async () => {
    const tab = new Browser().open();
    await tab.start("new");
    const [one, other, asked] = await Promise.all([
      tab.services.save({ reason: "idle" }),
      tab.services.save({ reason: "timer" }),
      tab.services.save({ reason: "asked" }),
    ]);
    expect(other).toBe(one);
    expect(asked).not.toBe(one);
  });

  it("without room say so, with what could be freed", async () => {
    const browser = new Browser();
    const other = browser.open();
    await other.start("new");
    const { sessionId } = await other.services.save({
      reason: "asked",
      point: { label: "p", kind: "command" },
    });
    await other.machine.work(random);
    await other.services.save({ reason: "asked" });
    await other.machine.work(random);
    await other.services.save({ reason: "asked" });
    other.services.end();
    const tab = browser.open();
    await tab.start("new");
    await tab.machine.work(random);
    browser.files.capacity = 0;
    await expect(tab.services.save({ reason: "asked" })).rejects.toMatchObject(code("no-room"));
    expect(tab.state).toMatchObject({ kind: "failed", error: { code: "no-room" } });
    const room = await tab.services.room();
    expect(room.freeable.map(({ what, id }) => [what, id])).toEqual([
      ["session", sessionId],
      ["points", sessionId],
    ]);
    for (const { bytes } of room.freeable) expect(bytes).toBeGreaterThan(0);
    browser.files.capacity = Infinity;
    await tab.services.save({ reason: "asked" });
    expect(tab.state?.kind).toBe("saved");
  });

  it("and what else is asked are looked at before anything is done", async () => {
    const tab = new Browser().open();
    await expect(tab.services.save({ reason: "asked" })).rejects.toMatchObject(code("bad-request"));
    await tab.start("new");
    const bad = (value: unknown): never => value as never;
    await expect(tab.services.save(bad({ reason: "because" }))).rejects.toMatchObject(code("bad-request"));
    expect(() => tab.services.pagePart(1, bad({ ...part, terminals: [{ console: 7, screen: "" }] }))).toThrow(
      expect.objectContaining(code("bad-request")),
    );
    expect(() => tab.services.pagePart(1, { ...part, place: "x".repeat(300_000) })).toThrow();
    await expect(tab.services.saveAs("   ")).rejects.toMatchObject(code("bad-request"));
    await expect(tab.services.rename("none", "x".repeat(300))).rejects.toMatchObject(code("bad-request"));
    await expect(tab.services.rename("none", "a name")).rejects.toMatchObject(code("bad-request"));
    await expect(tab.services.import(bad("bytes"))).rejects.toMatchObject(code("bad-request"));
    await expect(tab.services.list(bad(5))).rejects.toMatchObject(code("bad-request"));
    await expect(tab.services.goBack("none")).rejects.toMatchObject(code("bad-request"));
    await expect(tab.start({ id: "../root-0" })).rejects.toMatchObject(code("bad-request"));
  });
});

describe("going back", () => {
  it("gives the page its place and the machine its state, in this tab and after a reload", async () => {
    const browser = new Browser();
    const tab = browser.open();
    await tab.start("new");
    const point = { label: "before", kind: "command" };
    const { pointId = "", sessionId: id } = await tab.services.save({ reason: "step", point });
    const then = tab.machine.whole;
    await tab.machine.work(random);
    await tab.services.save({ reason: "idle" });
    expect(await tab.services.points()).toMatchObject([{ id: pointId, ...point, place: part.place }]);
    await tab.services.goBack(pointId);
    expect(tab.machine.whole).toBe(then);
    expect(tab.events).toContainEqual({ type: "rewound", pointId, place: part.place });
    tab.services.end();
    const reloaded = browser.open();
    await reloaded.start({ id });
    expect(reloaded.machine.whole).toBe(then);
    await reloaded.services.dropPoints(id);
    expect(await reloaded.services.points()).toEqual([]);
  });

  it("works where nothing is kept, and that is said", async () => {
    const tab = new Tab(undefined);
    await tab.start("new");
    expect(tab.states).toEqual(["unavailable"]);
    const { pointId = "" } = await tab.services.save({ reason: "step", point: { label: "p", kind: "jump" } });
    const then = tab.machine.whole;
    await tab.machine.work(random);
    await tab.services.goBack(pointId);
    expect(tab.machine.whole).toBe(then);
    expect(await tab.services.list(guestUrl)).toEqual([]);
    for (const refused of [
      tab.services.rename("a", "b"),
      tab.services.drop("a"),
      tab.services.export("a"),
      tab.services.import(new Blob([])),
    ])
      await expect(refused).rejects.toMatchObject(code("no-storage"));
    expect(new Set(tab.states)).toEqual(new Set(["unavailable"]));
  });
});
