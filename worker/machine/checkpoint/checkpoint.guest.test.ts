/** Going back in the built guest: to its memory, its disk and its processes, at the right time. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Machine } from "../machine";
import { openCheckpoint, takeCheckpoint, type MachineState } from "./checkpoint";
import { restoreInNode } from "../../node/machine-in-node";
import { builtGuest } from "../../node/testing/built-guest";

let machine: Machine;
let first: MachineState;

async function run(command: string): Promise<string> {
  const { status, stdout, stderr } = await machine.agent.run(command);
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return stdout.trim();
}

async function back(to: MachineState): Promise<void> {
  machine = await openCheckpoint(to, {}, machine);
}

beforeAll(async () => {
  machine = await restoreInNode(builtGuest());
  // Of a process: its memory; of the disk: a file; of Docker: a container.
  await run("sleep 7777 >/dev/null 2>&1 & echo first > /root/file; sync; docker create --name first busybox");
  first = await takeCheckpoint(machine);
});
afterAll(() => machine.destroy());

/** The kernel's own clock in seconds, which counts the processor's time stamp counter and does not hide a jump. */
async function kernelTime(): Promise<number> {
  const line = await run("echo mark > /dev/kmsg; dmesg | tail -n 1");
  return Number(/\[ *([0-9.]+)\]/.exec(line)?.[1]);
}

/** How far, in seconds, the guest's clock is off: outside of the time in which it was asked, however long that was. */
async function clockError(): Promise<number> {
  const before = Date.now() / 1000;
  const guest = Number(await run("date +%s.%N"));
  const after = Date.now() / 1000;
  return Math.max(before - guest, guest - after, 0);
}

describe("a machine that goes back", () => {
  it("has the files, the processes and the containers that it had, as often as one likes", async () => {
    for (let time = 0; time < 3; time++) {
      expect(await run("cat /root/file; docker ps -a --format '{{.Names}}'")).toBe("first\nfirst");
      expect(await run("pgrep -fc '^sleep 7777$'")).toBe("1");
      expect(await clockError()).toBeLessThan(2);
      // The guest's own time goes on as well: an interval timer ends.
      await run("sleep 1.5");
      await run("echo second > /root/file; sync; pkill -f '^sleep 7777'; docker rename first second");
      expect(await run("cat /root/file; docker ps -a --format '{{.Names}}'")).toBe("second\nsecond");
      await back(first);
    }
  });

  it("has its time stamp counter where it was", async () => {
    const later = await takeCheckpoint(machine);
    const before = await kernelTime();
    await back(later);
    const after = await kernelTime();
    expect(Math.abs(after - before)).toBeLessThan(20);
    await back(later);
    expect(Math.abs((await kernelTime()) - before)).toBeLessThan(20);
    await back(first);
  });

  it("goes back to a later state and to an earlier one again", async () => {
    await run("echo later > /root/file");
    const later = await takeCheckpoint(machine);
    await run("echo latest > /root/file; sync");
    await back(first);
    expect(await run("cat /root/file")).toBe("first");
    await back(later);
    expect(await run("cat /root/file")).toBe("later");
    await back(first);
    expect(await run("cat /root/file; cat /proc/sys/kernel/hostname")).toBe("first\ndrydock");
  });

  it("rejects what the ended machine was still asked", async () => {
    const asked = machine.agent.run("sleep 100");
    const ended = expect(asked).rejects.toMatchObject({ code: "aborted" });
    await back(first);
    await ended;
    expect(await run("pgrep -fc '^sleep 100' || true")).toBe("0");
  });
});
