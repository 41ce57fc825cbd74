import { describe, expect, it, vi } from "vitest";
import { DrydockError } from "../../contract/errors";
import { MAX_POINTS, type RestorePoint } from "../../contract/sessions";
import type { PageDoor } from "./page-door";
import { PointsStore } from "./points-store";
import { Saver } from "./saver";
import { KeptMachine } from "./testing/kept-sessions";
import { TestClock } from "./testing/test-clock";

function setUp(): { machine: KeptMachine; points: PointsStore } {
  const machine = new KeptMachine();
  const points = new PointsStore(machine, new Saver(machine, new TestClock()));
  machine.set({ kind: "ready" }, { kind: "unsaved" });
  return { machine, points };
}

const point = (id: string): RestorePoint => ({ id, at: 1, label: "", kind: "command", place: undefined });

describe("PointsStore", () => {
  it("leaves a point behind, and goes back to it", async () => {
    const { machine, points } = setUp();
    await points.leave("step-end", "One");
    expect(points.getSnapshot().points).toMatchObject([{ kind: "step-end", label: "One" }]);
    expect(await points.goBack(point("p0"))).toBe(true);
    expect(machine.log).toEqual(["points", "save step", "points", "back to p0", "points"]);
  });

  it("takes the page back with the machine", async () => {
    const { machine, points } = setUp();
    const resume = vi.fn();
    const settle = vi.fn();
    points.setPage({ resume, settle } as unknown as PageDoor);
    machine.tell((listener) => listener.onRewound("then"));
    expect(resume).toHaveBeenCalledWith("then");
    await points.goBack(point("p0"));
    expect(settle).toHaveBeenCalledTimes(1);
  });

  it("can undo its going back, but does not push out the point that is wanted", async () => {
    const { machine, points } = setUp();
    await points.undoTo(point("p7"));
    expect(machine.log).toContain("save step");
    expect(machine.log.at(-2)).toBe("back to p7");
    machine.restorePoints = Array.from({ length: MAX_POINTS }, (_, index) => point(`q${index}`));
    await points.goBack(point("q0"));
    machine.log.length = 0;
    await points.undoTo(point(`q${MAX_POINTS - 1}`));
    expect(machine.log).toEqual([`back to q${MAX_POINTS - 1}`, "points"]);
  });

  it("says what went wrong, and throws nothing away that could not be saved", async () => {
    const { machine, points } = setUp();
    machine.failure = new DrydockError("no-room", "full");
    await points.undoTo(point("p0"));
    expect(points.getSnapshot()).toMatchObject({ busy: "no", failure: { code: "no-room" } });
    expect(machine.log).not.toContain("back to p0");
    expect(await points.goBack(point("p0"))).toBe(false);
  });

  it("has none of a machine that is gone, and leaves none where nothing is kept", async () => {
    const { machine, points } = setUp();
    await points.leave("command", "");
    machine.set({ kind: "ready" }, { kind: "taken" });
    machine.log.length = 0;
    await points.leave("command", "");
    expect(machine.log).toEqual([]);
    machine.set({ kind: "idle" }, { kind: "none" });
    expect(points.getSnapshot().points).toEqual([]);
  });
});
