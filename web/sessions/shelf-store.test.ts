import { describe, expect, it } from "vitest";
import { DrydockError } from "../../contract/errors";
import { fileName } from "./offer-file";
import { isSaveKey } from "./save-key";
import { NAMELESS_KEPT, readName, ShelfStore } from "./shelf-store";
import { KeptMachine, savedSession } from "./testing/kept-sessions";

function setUp(): { machine: KeptMachine; shelf: ShelfStore; asked: string[]; made: () => number } {
  const machine = new KeptMachine();
  const asked: string[] = [];
  let rooms = 0;
  const persistence = {
    isGranted: () => Promise.resolve(false),
    ask: () => {
      asked.push("persist");
      return Promise.resolve(true);
    },
  };
  const shelf = new ShelfStore(machine, { roomWasMade: () => (rooms += 1) }, persistence);
  return { machine, shelf, asked, made: () => rooms };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("ShelfStore", () => {
  it("looks at what is kept and the room that it takes", async () => {
    const { machine, shelf } = setUp();
    machine.saved = [savedSession("a", { name: "Mine" })];
    await shelf.look();
    expect(shelf.getSnapshot()).toMatchObject({
      saved: [{ id: "a" }],
      room: { sessionBytes: 5 },
      isPersistent: false,
    });
  });

  it("names, drops, exports and takes in, and looks again after each", async () => {
    const { machine, shelf, made } = setUp();
    machine.saved = [savedSession("a")];
    expect(await shelf.rename("a", "Mine")).toBe(true);
    expect(await (await shelf.export("a"))?.text()).toBe("a");
    expect(await shelf.import(new Blob(["x"]))).toBe(true);
    expect(shelf.getSnapshot().imported).toMatchObject({ id: "imported" });
    expect(await shelf.drop("a")).toBe(true);
    expect(await shelf.dropPoints("a")).toBe(true);
    expect(made()).toBe(2);
    expect(shelf.getSnapshot()).toMatchObject({ saved: [], busy: undefined, failure: undefined });
    expect(machine.log.filter((call) => call === "list")).toHaveLength(5);
  });

  it("says which work failed and why", async () => {
    const { machine, shelf } = setUp();
    const cut = (): Promise<never> => Promise.reject(new DrydockError("bad-save", "cut short"));
    Object.assign(machine.sessions, { import: cut });
    expect(await shelf.import(new Blob(["x"]))).toBe(false);
    expect(shelf.getSnapshot().failure).toMatchObject({ work: "import", error: { code: "bad-save" } });
    machine.failure = new DrydockError("no-storage", "private");
    await shelf.look();
    expect(shelf.getSnapshot()).toMatchObject({ saved: [], failure: { work: "look" } });
  });

  it("asks the browser to keep what is saved under a name, once by itself", async () => {
    const { shelf, asked } = setUp();
    await shelf.saveAs("Mine");
    await shelf.saveAs("Another");
    await settled();
    expect(asked).toEqual(["persist"]);
  });

  it("drops the oldest machines without a name for a new one, and none that is in use", async () => {
    const { machine, shelf } = setUp();
    machine.saved = [
      savedSession("own"),
      savedSession("named", { name: "Mine" }),
      ...Array.from({ length: NAMELESS_KEPT + 2 }, (_, index) => savedSession(`s${index}`)),
      savedSession("other-tab", { isInUse: true }),
    ];
    machine.set({ kind: "ready" }, { kind: "saved", sessionId: "own", savedAt: 1, bytes: 1 });
    machine.set({ kind: "ready" }, { kind: "saved", sessionId: "own", savedAt: 2, bytes: 1 });
    await settled();
    expect(shelf.own).toBe("own");
    const dropped = machine.log.filter((call) => call.startsWith("drop"));
    expect(dropped).toEqual(["drop s4", "drop s5", "drop s6"]);
  });

  it("takes no empty name, and makes file names that every system takes", () => {
    expect(readName("  ")).toBeUndefined();
    expect(readName(" 第三课 ")).toBe("第三课");
    expect(fileName('a/b\\c:"<d>"?*|\n')).toBe("a b c d.drydock");
    expect(fileName("///")).toBe("drydock.drydock");
    expect(fileName("x".repeat(200))).toHaveLength(88);
  });

  it("saves by Ctrl+Shift+S, and leaves Ctrl+S to the guest", () => {
    const press = { code: "KeyS", ctrlKey: true, shiftKey: true, altKey: false, metaKey: false };
    expect(isSaveKey(press)).toBe(true);
    expect(isSaveKey({ ...press, shiftKey: false })).toBe(false);
    expect(isSaveKey({ ...press, ctrlKey: false, metaKey: true })).toBe(true);
  });
});
