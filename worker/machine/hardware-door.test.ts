import { describe, expect, it } from "vitest";
import { HardwareDoor } from "./hardware-door";

function make(): { door: HardwareDoor; done: string[] } {
  const done: string[] = [];
  const door = new HardwareDoor({
    canTakeConsoleInput: () => true,
    sendConsoleInput: (port) => void done.push(`type ${port}`),
    onConsoleOutput: () => undefined,
    resizeConsole: (port, columns, rows) => void done.push(`size ${port} ${columns}x${rows}`),
    onFrame: () => undefined,
    sendFrame: () => {
      done.push("frame");
      return true;
    },
  });
  return { door, done };
}

describe("the door to the guest's hardware", () => {
  it("lets nothing in while the guest stands still, at first as well", () => {
    const { door, done } = make();
    const knock = (): boolean[] => [door.canTakeConsoleInput(0), door.sendFrame(new Uint8Array(60))];
    expect(knock()).toEqual([false, false]);
    door.open();
    expect(knock()).toEqual([true, true]);
    door.close();
    expect(knock()).toEqual([false, false]);
    expect(done).toEqual(["frame"]);
  });

  it("keeps each console's last size until the guest runs", () => {
    const { door, done } = make();
    door.resizeConsole(0, 80, 24);
    door.resizeConsole(0, 90, 30);
    door.resizeConsole(2, 10, 10);
    expect(done).toEqual([]);
    door.open();
    door.resizeConsole(1, 70, 20);
    door.open();
    expect(done).toEqual(["size 0 90x30", "size 2 10x10", "size 1 70x20"]);
  });
});
