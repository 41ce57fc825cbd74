import { describe, expect, it, vi } from "vitest";
import { DrydockError, serialiseError } from "../../contract/errors";
import { beginningOf, ChoiceStore } from "./choice-store";
import type { PageDoor } from "./page-door";
import { KeptMachine, savedSession } from "./testing/kept-sessions";

function setUp(saved: KeptMachine["saved"]): { machine: KeptMachine; choice: ChoiceStore } {
  const machine = new KeptMachine();
  machine.saved = saved;
  return { machine, choice: new ChoiceStore(machine) };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("ChoiceStore", () => {
  it("starts a clean machine at once where none is kept", async () => {
    const { machine, choice } = setUp([]);
    await choice.begin();
    expect(machine.log).toEqual(["open", "list", "start clean"]);
    expect(choice.getSnapshot().phase).toBe("begun");
  });

  it("asks where one is kept, and starts nothing before", async () => {
    const { machine, choice } = setUp([savedSession("a"), savedSession("b", { isInUse: true })]);
    await choice.begin();
    expect(choice.getSnapshot()).toMatchObject({ phase: "choosing", saved: [{ id: "a" }, { id: "b" }] });
    choice.goOn(savedSession("a"));
    expect(machine.log.slice(2)).toEqual(["start a"]);
    expect(beginningOf(savedSession("b", { isInUse: true }))).toMatchObject({ takeOver: true });
  });

  it("shows the page as it was once the machine and the page are there", async () => {
    const { machine, choice } = setUp([savedSession("a", { place: "there" })]);
    await choice.begin();
    choice.goOn(savedSession("a", { place: "there" }));
    const resume = vi.fn();
    choice.setPage({ resume } as unknown as PageDoor);
    expect(resume).not.toHaveBeenCalled();
    machine.set({ kind: "ready" });
    machine.set({ kind: "paused" });
    machine.set({ kind: "ready" });
    expect(resume.mock.calls).toEqual([["there"]]);
  });

  it("asks again when another tab has the machine, or when it cannot be read", async () => {
    const { machine, choice } = setUp([savedSession("a")]);
    await choice.begin();
    choice.goOn(savedSession("a"));
    machine.saved = [savedSession("a", { isInUse: true })];
    const error = serialiseError(new DrydockError("session-in-use", "in use"));
    machine.set({ kind: "failed", error });
    await settled();
    expect(choice.getSnapshot()).toMatchObject({
      phase: "choosing",
      problem: { id: "a", error: { code: "session-in-use" } },
      saved: [{ isInUse: true }],
    });
    choice.startClean();
    expect(choice.getSnapshot()).toMatchObject({ phase: "begun", problem: undefined });
    // What happens to a clean machine is no matter of choice.
    machine.set({ kind: "failed", error });
    expect(choice.getSnapshot().phase).toBe("begun");
    choice.tryAgain();
    expect(machine.log.slice(-2)).toEqual(["start clean", "start again"]);
  });

  it("starts a clean machine where what is kept cannot be read at all", async () => {
    const { machine, choice } = setUp([savedSession("a")]);
    machine.open = () => {
      machine.failure = new DrydockError("no-storage", "refused");
      return Promise.resolve();
    };
    await choice.begin();
    expect(machine.log).toEqual(["list", "start clean"]);
  });

  it("leaves a browser that cannot run it to the machine's status, and looks again when asked", async () => {
    const { machine, choice } = setUp([savedSession("a")]);
    machine.failure = new DrydockError("no-webassembly", "none");
    await choice.begin();
    expect(choice.getSnapshot().phase).toBe("looking");
    machine.failure = undefined;
    choice.tryAgain();
    await settled();
    expect(choice.getSnapshot().phase).toBe("choosing");
  });

  it("leaves the running machine for another choice", async () => {
    const { machine, choice } = setUp([savedSession("a")]);
    await choice.begin();
    choice.goOn(savedSession("a"));
    await choice.chooseAgain();
    expect(machine.log.slice(2)).toEqual(["start a", "close", "open", "list"]);
    expect(choice.getSnapshot().phase).toBe("choosing");
  });
});
