import { expect, it } from "vitest";
import type { Measurement } from "../figure";
import { compareWithPeer, measurePeer, renderComparison } from "./compare";
import { qemuArguments } from "./qemu";

const seconds = (name: string, value: number): Measurement => ({ name, value, unit: "s" });

it("divides ours by the peer's, where both have a time", () => {
  const ours = [
    seconds("first-minute-ps-first", 3),
    seconds("first-minute-prompt-warm", 2),
    seconds("compose-shop-up", 10),
    { name: "first-minute-run-spread", value: 1.5, unit: "ratio" } as const,
  ];
  const peers = [
    seconds("peer-ready", 30),
    seconds("peer-first-minute-ps-first", 2),
    seconds("peer-compose-shop-up", 0),
    { name: "peer-first-minute-run-spread", value: 1.2, unit: "ratio" } as const,
  ];
  expect(compareWithPeer(ours, peers)).toEqual([
    {
      name: "ratio-first-minute-ps-first",
      value: 1.5,
      unit: "ratio",
      note: "ours 3.00 s, the peer's 2.00 s",
    },
  ]);
  expect(renderComparison(ours, peers).split("\n")).toEqual([
    "seconds                ours  peer  ours/peer",
    "first-minute-ps-first  3.00  2.00       1.50",
  ]);
});

it("runs at the peer what was measured here, and nothing else", async () => {
  const commands: string[] = [];
  const run = (command: string): Promise<{ output: string; seconds: number }> => {
    commands.push(command);
    return Promise.resolve({ output: "", seconds: 2 });
  };
  const peer = { version: "7.2", readySeconds: 30, run, close: () => Promise.resolve() };
  const say = (): void => undefined;
  const both = await measurePeer(peer, { figures: ["first-minute", "hub-blob"], runs: 3, say });
  expect(commands.filter((command) => command.startsWith("docker run"))).toHaveLength(3);
  expect(both.map(({ name }) => name)).toContain("peer-first-minute-run-slowest");
  expect(both.map(({ name }) => name)).not.toContain("peer-compose-shop-up");
  const compose = await measurePeer(peer, { figures: ["compose-shop"], runs: 3, say });
  expect(compose.map(({ name }) => name)).toEqual(["peer-ready", "peer-compose-shop-up"]);
});

it("never lets QEMU write the disk, and escapes what it reads as the end of a value", () => {
  const options = { kernel: "/k", disk: "/a,b/disk.img", commandLine: "root=/dev/sda", memoryBytes: 2 ** 29 };
  const given = qemuArguments(options, "/s", "/l");
  expect(given).toContain("file=/a,,b/disk.img,format=raw,if=ide,snapshot=on");
  expect(given[given.indexOf("-m") + 1]).toBe("512M");
});
