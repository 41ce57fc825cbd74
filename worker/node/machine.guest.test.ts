/** The machine in Node, restored from the built guest: one machine for all, since each takes 0.6 GB. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BLOCK_BYTES, type Manifest } from "../../contract/manifest";
import { decodeBlockMap, readBlob } from "../disk/block-store";
import { ChunkFetcher } from "../disk/chunk-fetcher";
import { MemorySlotStore } from "../disk/overlay";
import { firstDifference } from "../disk/testing/first-difference";
import { createDecompress, type Decompress } from "../disk/zstd";
import { pattern } from "../lan/testing/random";
import { Emulator } from "../machine/emulator/emulator";
import { Machine } from "../machine/machine";
import { promptBytes, restoreMachine, type RestoreProgress } from "../machine/restore";
import type { ConsoleId } from "../../contract/protocol";
import { chunkFolder, readManifest } from "./chunk-folder";
import { readEmulator } from "./machine-in-node";
import { builtGuest } from "./testing/built-guest";
import { Screen } from "./testing/screen";

const CONSOLES = [0, 1, 2] as const satisfies ConsoleId[];

let manifest: Manifest;
let fetcher: ChunkFetcher;
let decompress: Decompress;
let machine: Machine;
const progress: RestoreProgress[] = [];
const screens = CONSOLES.map(() => new Screen());

function screen(id: ConsoleId): Screen {
  const found = screens[id];
  if (found === undefined) throw new Error("unreachable");
  return found;
}

async function type(id: ConsoleId, text: string): Promise<void> {
  await machine.console(id).write(new TextEncoder().encode(text));
}

beforeAll(async () => {
  const folder = builtGuest();
  manifest = await readManifest(folder);
  fetcher = new ChunkFetcher({ source: chunkFolder(folder), retryDelays: [] });
  decompress = await createDecompress();
  const parts = await restoreMachine({
    manifest,
    fetcher,
    decompress,
    wasm: readEmulator(),
    overlayStore: new MemorySlotStore(),
    onProgress: (step) => progress.push(step),
    onDiskFault: (error) => {
      if (error !== undefined) throw error;
    },
  });
  machine = new Machine(parts);
  for (const id of CONSOLES) machine.console(id).onBytes((bytes) => screen(id).push(bytes));
});
afterAll(() => machine.destroy());

describe("a restored machine that does not run yet", () => {
  it("has the snapshot's RAM, page by page, and zeros elsewhere", async () => {
    const map = decodeBlockMap(
      await readBlob(manifest.ram.map, fetcher, decompress),
      manifest.ram.bytes,
      manifest.blocks.count,
    );
    const { blocksPerChunk, chunks, count } = manifest.blocks;
    const content = new Map<number, Uint8Array>();
    const pages: number[] = [];
    let firstWrong: string | undefined;
    const visited: { page: number; bytes: Uint8Array }[] = [];
    machine.emulator.forEachPage((page, bytes) => visited.push({ page, bytes }));
    for (const { page, bytes } of visited) {
      pages.push(page);
      const block = (map[page] ?? 0) - 1;
      const index = Math.floor(block / blocksPerChunk);
      const chunk = chunks[index];
      if (chunk === undefined) throw new Error(`page ${page} should be zeros`);
      if (!content.has(index)) {
        const size = Math.min(blocksPerChunk, count - index * blocksPerChunk) * BLOCK_BYTES;
        content.set(index, decompress(await fetcher.fetch(chunk), size));
      }
      const offset = (block % blocksPerChunk) * BLOCK_BYTES;
      const expected = content.get(index)?.subarray(offset, offset + BLOCK_BYTES) ?? new Uint8Array();
      const difference = firstDifference(bytes, expected);
      if (difference !== -1) firstWrong ??= `byte ${difference} of page ${page}`;
    }
    expect(firstWrong).toBeUndefined();
    expect(pages).toEqual([...map.keys()].filter((page) => map[page] !== 0));
    expect(pages.length).toBeGreaterThan(1000);
    expect(machine.emulator.memoryBytes).toBe(manifest.ram.bytes);
  });

  it("was loaded with honest progress", () => {
    const total = promptBytes(manifest);
    expect(progress[0]).toEqual({ kind: "loading", bytes: 0, total, cached: 0 });
    const last = progress.at(-1);
    expect(last?.kind === "restoring" && last.pages === last.total && last.pages > 1000).toBe(true);
    expect(fetcher.counts).toMatchObject({ retries: 0, cachedBytes: 0 });
    const kinds = progress.map(({ kind }) => kind);
    expect(kinds.lastIndexOf("loading")).toBeLessThan(kinds.indexOf("restoring"));
  });
});

describe("the machine when it runs", () => {
  beforeAll(() => machine.start());

  it("has the right time, to the second", async () => {
    const before = Date.now();
    const { stdout } = await machine.agent.run(["/bin/date", "+%s%N"]);
    const guestMs = Number(BigInt(stdout.trim()) / 1_000_000n);
    expect(guestMs).toBeGreaterThan(before - 1000);
    expect(guestMs).toBeLessThan(Date.now() + 1000);
  });

  it("hands on what programs write and how they end", async () => {
    const { agent } = machine;
    expect(await agent.run("echo out; echo err >&2; exit 3")).toEqual({
      status: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
    expect((await agent.run(["/bin/true"])).status).toBe(0);
    expect((await agent.run("kill -TERM $$")).status).toBe(128 + 15);
    expect((await agent.run("no-such-command")).status).toBe(127);
    await expect(agent.run(["/no/such/file"])).rejects.toMatchObject({ code: "agent", subject: "ENOENT" });
    const input = pattern(0, 100_000);
    const sum = await agent.run(["/usr/bin/sha256sum"], { input });
    expect(sum.stdout.slice(0, 64)).toBe(createHash("sha256").update(input).digest("hex"));
    expect(agent.openStreams).toBe(0);
  });

  it("runs a container at once", async () => {
    expect(await machine.agent.run("docker run --rm busybox true")).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
  });

  it("writes to its disk, and the base stays as it was", async () => {
    const before = machine.disk.overlay.writtenBlocks;
    const script = `
      head -c 3000000 /dev/urandom >/root/file
      sha256sum </root/file
      sync
      echo 3 >/proc/sys/vm/drop_caches
      sha256sum </root/file
    `;
    const { stdout, status } = await machine.agent.run(["/bin/sh", "-ec", script]);
    expect(status).toBe(0);
    const [first, second] = stdout.trim().split("\n");
    expect(first).toMatch(/^[0-9a-f]{64}/);
    expect(first).toBe(second);
    expect(machine.disk.overlay.writtenBlocks).toBeGreaterThan(before + 3_000_000 / BLOCK_BYTES);
  });

  it("has three consoles, each with its own shell and size", async () => {
    await Promise.all(
      CONSOLES.map(async (id) => {
        machine.console(id).resize(100 + id, 30 + id);
        await type(id, `echo "this is" $((${id} + 40)) on $(tty) $(stty size)\r`);
      }),
    );
    for (const id of CONSOLES) {
      const [, tty] = await screen(id).waitFor(
        new RegExp(`this is ${40 + id} on (\\S+) ${30 + id} ${100 + id}\r`),
      );
      expect(tty).toBe(`/dev/hvc${id}`);
    }
  });

  it("tells a program at once of a new size, and of Ctrl-C", async () => {
    const console0 = screen(0);
    console0.clear();
    const script = `trap "stty size" WINCH; echo wai"ting"; while :; do sleep 1; done`;
    await type(0, `sh -c '${script}'\r`);
    await console0.waitFor(/waiting\r/);
    machine.console(0).resize(91, 17);
    await console0.waitFor(/17 91\r/);
    await type(0, "\u0003");
    // The shell marks the end of its prompt (OSC 133;B).
    await console0.waitFor(/\^C[^]*[#$] .\]133;B.$/);
    await type(0, `echo "stat"us $?\r`);
    await console0.waitFor(/status 130\r/);
  });

  it("takes 256 KB typed into a file, whole", async () => {
    const lines = Array.from({ length: 4096 }, (_, line) =>
      Buffer.from(pattern(line * 48, 47))
        .toString("base64")
        .slice(0, 63),
    );
    const text = `${lines.join("\n")}\n`;
    expect(text).toHaveLength(256 * 1024);
    // Once a command of the line has spoken, the shell's own editing of lines (which turns \r into no \n) is over.
    await type(1, `echo "be"gin; cat >/tmp/typed\r`);
    await screen(1).waitFor(/begin\r/);
    screen(1).clear();
    await type(1, text.replaceAll("\n", "\r"));
    await type(1, "\u0004");
    await type(1, `echo "all" there\r`);
    await screen(1).waitFor(/all there\r/);
    const { stdout } = await machine.agent.run(["/usr/bin/sha256sum", "/tmp/typed"]);
    expect(stdout.slice(0, 64)).toBe(createHash("sha256").update(text).digest("hex"));
  });

  it("stands still while somebody holds it, and has the right time afterwards", async () => {
    await Promise.all([machine.hold("one"), machine.hold("other")]);
    const { instructions } = machine.emulator;
    await machine.release("one");
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(machine.emulator.instructions).toBe(instructions);
    await machine.release("other");
    const before = Date.now();
    const { stdout } = await machine.agent.run(["/bin/date", "+%s%N"]);
    const guestMs = Number(BigInt(stdout.trim()) / 1_000_000n);
    expect(guestMs).toBeGreaterThan(before - 1000);
    expect(guestMs).toBeLessThan(Date.now() + 1000);
    expect(machine.emulator.instructions).toBeGreaterThan(instructions);
  });
});

describe("a state that is not the snapshot's", () => {
  const create = async (thinState: Uint8Array<ArrayBuffer>): Promise<Emulator> =>
    Emulator.create({
      wasm: await readEmulator(),
      memoryBytes: 32 * 1024 * 1024,
      vgaMemoryBytes: manifest.emulator.vgaMemoryBytes,
      bios: (await readBlob(manifest.bios, fetcher, decompress)).buffer,
      vgaBios: (await readBlob(manifest.vgaBios, fetcher, decompress)).buffer,
      disk: machine.device,
      thinState: thinState.buffer,
    });

  it.each([
    ["empty", () => new Uint8Array(0)],
    ["random bytes", () => pattern(0, 100_000)],
    ["cut off", (state: Uint8Array<ArrayBuffer>) => state.slice(0, state.byteLength >> 1)],
    [
      "of another emulator",
      (state: Uint8Array<ArrayBuffer>) => {
        const altered = state.slice();
        altered[4] = 99;
        return altered;
      },
    ],
    ["of a machine of another size", (state: Uint8Array<ArrayBuffer>) => state],
  ])("is refused when it is %s", async (_, alter) => {
    const state = await readBlob(manifest.state, fetcher, decompress);
    await expect(create(Uint8Array.from(alter(state)))).rejects.toMatchObject({
      name: "DrydockError",
      code: "bad-snapshot",
    });
  });
});
