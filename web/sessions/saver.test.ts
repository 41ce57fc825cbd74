import { describe, expect, it } from "vitest";
import { DrydockError, serialiseError } from "../../contract/errors";
import type { PageDoor } from "./page-door";
import { PACE } from "./save-policy";
import { Saver } from "./saver";
import { KeptMachine } from "./testing/kept-sessions";
import { TestClock } from "./testing/test-clock";

const UNSAVED = { kind: "unsaved" } as const;
const saves = (machine: KeptMachine): string[] => machine.log.filter((call) => call.startsWith("save"));
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function setUp(): { machine: KeptMachine; clock: TestClock; saver: Saver } {
  const machine = new KeptMachine();
  const clock = new TestClock();
  const saver = new Saver(machine, clock);
  machine.set({ kind: "ready" }, UNSAVED);
  return { machine, clock, saver };
}

const page = (text: string): PageDoor => ({
  keep: () => Promise.resolve({ terminals: [], text, place: "{}" }),
  resume: () => undefined,
  settle: () => undefined,
});

describe("Saver", () => {
  it("saves what somebody typed, and nothing of a machine that nobody has touched", async () => {
    const { machine, clock } = setUp();
    machine.isTouched = false;
    machine.tell((listener) => listener.onActivity("output"));
    await clock.pass(PACE.longest);
    expect(saves(machine)).toEqual([]);
    machine.isTouched = true;
    machine.tell((listener) => listener.onActivity("input"));
    await clock.pass(PACE.quiet);
    expect(saves(machine)).toEqual(["save idle"]);
  });

  it("goes on with what is unsaved after a pause", async () => {
    const { machine, clock } = setUp();
    machine.tell((listener) => listener.onActivity("input"));
    machine.set({ kind: "paused" });
    machine.set({ kind: "ready" });
    await clock.pass(PACE.quiet);
    expect(saves(machine)).toEqual(["save idle"]);
  });

  it("answers a mark with the page's part, once there is a page", async () => {
    const { machine, saver } = setUp();
    machine.tell((listener) => listener.onSaveMark(1));
    saver.setPage(page("docker ps"));
    machine.tell((listener) => listener.onSaveMark(2));
    await settled();
    expect(machine.log).toEqual(["part 2 docker ps"]);
  });

  it.each(["none", "unavailable", "taken"] as const)("does not save a machine that is %s", async (kind) => {
    const { machine, clock, saver } = setUp();
    machine.set({ kind: "ready" }, { kind });
    machine.tell((listener) => listener.onActivity("input"));
    saver.saveNow();
    saver.setHidden(true);
    await clock.pass(PACE.longest);
    expect(saves(machine)).toEqual([]);
    expect(saver.wouldLose).toBe(true);
  });

  it("warns of leaving only where something would be lost for good", () => {
    const { machine, saver } = setUp();
    expect(saver.wouldLose).toBe(false);
    const error = serialiseError(new DrydockError("no-room", "full"));
    machine.set({ kind: "ready" }, { kind: "failed", error });
    expect(saver.wouldLose).toBe(true);
    machine.isTouched = false;
    expect(saver.wouldLose).toBe(false);
    machine.isTouched = true;
    machine.set({ kind: "idle" }, { kind: "none" });
    expect(saver.wouldLose).toBe(false);
  });

  it("saves before another machine takes its place, if there is something to save", async () => {
    const { machine, saver } = setUp();
    await saver.finish();
    expect(saves(machine)).toEqual([]);
    machine.tell((listener) => listener.onActivity("input"));
    await saver.finish();
    expect(saves(machine)).toEqual(["save asked"]);
  });

  it("takes a point for a save, and hands on why there is none", async () => {
    const { machine, clock, saver } = setUp();
    machine.tell((listener) => listener.onActivity("input"));
    expect(await saver.savePoint({ kind: "command", label: "" })).toMatchObject({ kind: "saved" });
    await clock.pass(PACE.longest);
    expect(saves(machine)).toEqual(["save step"]);
    machine.failure = new DrydockError("no-room", "full");
    expect(await saver.savePoint({ kind: "command", label: "" })).toMatchObject({
      kind: "failed",
      error: { code: "no-room" },
    });
  });
});
