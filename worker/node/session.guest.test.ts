/** The page's session with the real machine, from a network that is away to a disk chunk that is altered. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BLOCK_BYTES, type Chunk, type Manifest } from "../../contract/manifest";
import { BlockStore, decodeBlockMap, readBlob } from "../disk/block-store";
import { ChunkFetcher, type ChunkSource } from "../disk/chunk-fetcher";
import { ChunkedBase } from "../disk/disk";
import { MemorySlotStore } from "../disk/overlay";
import { CacheBox, flipBit } from "../disk/testing/chunk-box";
import { createDecompress } from "../disk/zstd";
import { DrydockError } from "../../contract/errors";
import { emptyCatalogue } from "../hub/catalogue/catalogue";
import { createMemoryStorage } from "../hub/storage/memory-store";
import type { ConsoleId, DiskFault, MachineEvent, StartOptions } from "../../contract/protocol";
import { chunkNames } from "../prefetch";
import { Session } from "../session";
import { chunkFolder, readManifest } from "./chunk-folder";
import { readEmulator } from "./machine-in-node";
import { builtGuest } from "./testing/built-guest";
import { Screen } from "./testing/screen";

/** Milliseconds that anything may take: the machine may be busy with other tests. */
const LIMIT_MS = 250_000;

const options: StartOptions = { guestUrl: "https://host/guest/", wasmUrl: "https://host/v86.wasm" };

/** The built guest's chunks, behind a network that tests take away and a server whose files they alter. */
class UnsteadySource implements ChunkSource {
  readonly asked: string[] = [];
  away = false;
  /** Name of a chunk whose bytes are wrong. */
  altered: string | undefined;
  readonly #folder = chunkFolder(builtGuest());

  async read(chunk: Chunk): Promise<Uint8Array<ArrayBuffer>> {
    this.asked.push(chunk.sha256);
    if (this.away) throw new TypeError("failed to fetch");
    const bytes = await this.#folder.read(chunk);
    return chunk.sha256 === this.altered ? flipBit(bytes) : bytes;
  }
}

class RetainingCache extends CacheBox {
  retained: ReadonlySet<string> | undefined;

  retain(names: ReadonlySet<string>): Promise<void> {
    this.retained = names;
    return Promise.resolve();
  }
}

const source = new UnsteadySource();
const cache = new RetainingCache();
const screens = [new Screen(), new Screen(), new Screen()] as const;
const statuses: string[] = [];
const faults: (DiskFault | undefined)[] = [];
const prefetches: { bytes: number; total: number }[] = [];
/** Says at once that what arrives is drawn, unless a test wants to be slow. */
let drawAtOnce = true;
let manifest: Manifest;

const session = new Session({
  fetchManifest: () =>
    source.away ? Promise.reject(new DrydockError("network", "failed to fetch")) : readManifest(builtGuest()),
  chunkSource: () => source,
  compileEmulator: readEmulator,
  createDecompress,
  openCache: () => Promise.resolve(cache),
  openSlotStore: () => Promise.resolve(new MemorySlotStore()),
  openSaves: () => Promise.resolve(undefined),
  openRelaySocket: () => ({ send: () => undefined, close: () => undefined }),
  openRegistries: () => Promise.resolve({ storage: createMemoryStorage(), catalogue: emptyCatalogue }),
  emit: take,
});

function take(event: MachineEvent): void {
  if (event.type === "status") {
    if (statuses.at(-1) !== event.status.kind) statuses.push(event.status.kind);
  } else if (event.type === "console") {
    screens[event.console].push(event.bytes);
    if (drawAtOnce) session.consoles.consumed(event.console, event.bytes.byteLength);
  } else if (event.type === "disk-fault") faults.push(event.fault);
  else if (event.type === "prefetch") prefetches.push(event);
}

const type = (id: ConsoleId, text: string): Promise<void> =>
  session.consoles.input(id, new TextEncoder().encode(text));

/** A disk block that no everyday command reads: the last of the last chunk, and the digest of its bytes. */
async function coldBlock(): Promise<{ block: number; chunk: Chunk; sha256: string }> {
  const folder = new ChunkFetcher({ source: chunkFolder(builtGuest()) });
  const decompress = await createDecompress();
  const { count, chunks } = manifest.blocks;
  const chunk = chunks.at(-1);
  if (chunk === undefined) throw new Error("the guest has no chunks");
  const mapBytes = await readBlob(manifest.disk.map, folder, decompress);
  const block = decodeBlockMap(mapBytes, manifest.disk.bytes, count).indexOf(count);
  const store = new BlockStore({ manifest, fetcher: folder, decompress });
  const bytes = new Uint8Array(BLOCK_BYTES);
  await new ChunkedBase(Uint32Array.of(count), store).readBlocks(0, bytes);
  return { block, chunk, sha256: createHash("sha256").update(bytes).digest("hex") };
}

beforeAll(async () => {
  manifest = await readManifest(builtGuest());
});
// There is no other way to end it: the page ends its worker, as this test's process ends.
afterAll(() => session.pause());

describe("a session", () => {
  it("fails when the network is away, and starts again when it is back", async () => {
    source.away = true;
    await expect(session.start(options)).rejects.toMatchObject({ code: "network" });
    expect(session.status).toMatchObject({ kind: "failed", error: { code: "network" } });
    source.away = false;
    await session.start(options);
    expect(session.status).toEqual({ kind: "ready" });
    expect(statuses).toEqual(["loading", "failed", "loading", "restoring", "booting", "ready"]);
    await expect(session.start(options)).rejects.toMatchObject({ code: "bad-request" });
    const figures = session.figures();
    expect(figures.readyAfterMs).toBeGreaterThan(0);
    expect(figures.instructions).toBeGreaterThan(100_000);
    expect(figures.wasmMemoryBytes).toBeGreaterThan(manifest.emulator.memoryBytes);
  });

  it("shows what the snapshot's terminals showed", () => {
    screens.forEach((screen, index) => {
      const shown = Buffer.from(manifest.screens[index] ?? "", "base64").toString();
      expect(shown).not.toBe("");
      expect(screen.text.startsWith(shown)).toBe(true);
    });
  });

  it("fetches in the background what everyday commands read, and asks for nothing twice", async () => {
    const { chunks, ramChunks, hotChunks } = manifest.blocks;
    const hot = chunks.slice(ramChunks, hotChunks);
    await vi.waitFor(() => expect(cache.retained).toEqual(chunkNames(manifest)), LIMIT_MS);
    for (const chunk of hot) expect(cache.files.has(chunk.sha256)).toBe(true);
    const total = hot.reduce((sum, chunk) => sum + chunk.bytes, 0);
    expect(prefetches.at(-1)).toEqual({ type: "prefetch", bytes: total, total });
    expect(source.asked).toHaveLength(new Set(source.asked).size);
  });

  it("types, resizes and hears", async () => {
    session.consoles.resize(1, 77, 21);
    await type(1, `echo "size is" $(stty size)\r`);
    await screens[1].waitFor(/size is 21 77\r/);
    expect(() => session.consoles.resize(3 as ConsoleId, 80, 24)).toThrow(
      expect.objectContaining({ code: "bad-request" }),
    );
    await expect(session.consoles.input(3 as ConsoleId, Uint8Array.of(1))).rejects.toMatchObject({
      code: "bad-request",
    });
  });

  it("holds the machine for a page that does not draw, and loses nothing", async () => {
    const screen = screens[2];
    const bytes = 2_800_000;
    await type(2, `base64 -w 1023 /usr/bin/docker | head -c ${bytes} >/tmp/long; sha256sum /tmp/long\r`);
    const [sha256] = await screen.waitFor(/[0-9a-f]{64}/);
    screen.clear();
    drawAtOnce = false;
    const before = screen.bytes;
    await type(2, `echo "be"gin; cat /tmp/long; echo; echo "en"d\r`);
    // It comes to rest although nothing was drawn: the machine stands still.
    let instructions = -1;
    await vi.waitFor(
      () => {
        const now = session.figures().instructions;
        const resting = now === instructions;
        instructions = now;
        expect(resting && screen.bytes > before + 2_000_000).toBe(true);
      },
      { timeout: LIMIT_MS, interval: 300 },
    );
    const held = screen.bytes - before;
    expect(held).toBeLessThan(2.5 * 1024 * 1024);
    drawAtOnce = true;
    session.consoles.consumed(2, held);
    await screen.waitFor(/end\r/);
    const [, output] = await screen.waitFor(/begin\r\n([^]*)\r\nend\r/);
    const received = (output ?? "").replaceAll("\r\n", "\n");
    expect(received).toHaveLength(bytes);
    expect(createHash("sha256").update(received).digest("hex")).toBe(sha256);
  });

  it("pauses and goes on with the right time", async () => {
    await session.pause();
    expect(session.status).toEqual({ kind: "paused" });
    const { instructions } = session.figures();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(session.figures().instructions).toBe(instructions);
    await session.pause();
    await session.resume();
    expect(session.status).toEqual({ kind: "ready" });
    const before = Date.now();
    await type(0, `echo "time is" $(date +%s)\r`);
    const [, seconds] = await screens[0].waitFor(/time is (\d+)\r/);
    expect(Number(seconds) * 1000).toBeGreaterThan(before - 2000);
    expect(Number(seconds) * 1000).toBeLessThan(Date.now() + 1000);
  });

  it("stands still for a disk chunk that is altered, names it, and goes on when it is repaired", async () => {
    const screen = screens[0];
    screen.clear();
    const cold = await coldBlock();
    source.altered = cold.chunk.sha256;
    await type(0, `dd if=/dev/sda bs=4096 skip=${cold.block} count=1 iflag=direct status=none | sha256sum\r`);
    await vi.waitFor(() => expect(faults).toHaveLength(1), LIMIT_MS);
    expect(faults[0]?.error).toMatchObject({ code: "bad-chunk", subject: cold.chunk.sha256 });

    // The guest's clock stands as well: Linux gives a read up after thirty seconds of its own time.
    await vi.waitFor(async () => {
      const { instructions } = session.figures();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(session.figures().instructions).toBe(instructions);
    }, LIMIT_MS);
    const asked = source.asked.length;
    session.retryDisk();
    await vi.waitFor(() => expect(faults).toHaveLength(2), LIMIT_MS);
    expect(faults[1]?.error).toMatchObject({ code: "bad-chunk", subject: cold.chunk.sha256 });
    expect(source.asked.length).toBeGreaterThan(asked);
    expect(screen.text).not.toMatch(/[0-9a-f]{64}/);

    source.altered = undefined;
    session.retryDisk();
    const [digest] = await screen.waitFor(/[0-9a-f]{64}/);
    expect(digest).toBe(cold.sha256);
    expect(faults.slice(2)).toEqual([undefined]);
    const before = Date.now();
    await type(0, `echo "time is" $(date +%s)\r`);
    const [, seconds] = await screen.waitFor(/time is (\d+)\r/);
    expect(Number(seconds) * 1000).toBeGreaterThan(before - 2000);
    await type(0, `echo "io errors:" $(dmesg | grep -c 'I/O error')\r`);
    await screen.waitFor(/io errors: 0\r/);
  });
});
