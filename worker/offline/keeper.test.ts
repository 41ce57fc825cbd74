import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { DrydockError } from "../../contract/errors";
import type { PartId } from "../../contract/offline";
import { OfflineKeeper, type FileStore } from "./keeper";
import type { OfflineFile, OfflinePlan, StoreName } from "./parts";

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

class MemoryStore implements FileStore {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  room = Number.POSITIVE_INFINITY;

  names(): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(this.files.keys()));
  }

  read({ sha256 }: OfflineFile): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return Promise.resolve(this.files.get(sha256));
  }

  write({ sha256 }: OfflineFile, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.room-- <= 0) return Promise.reject(new DOMException("full", "QuotaExceededError"));
    this.files.set(sha256, bytes);
    return Promise.resolve();
  }

  drop({ sha256 }: OfflineFile): Promise<void> {
    this.files.delete(sha256);
    return Promise.resolve();
  }
}

/** By digest. */
const server = new Map<string, Uint8Array<ArrayBuffer>>();

function fileOf(store: StoreName, text: string): OfflineFile {
  const bytes = bytesOf(text);
  const sha256 = digestOf(bytes);
  server.set(sha256, bytes);
  return { store, sha256, bytes: bytes.byteLength };
}

const PLAN: OfflinePlan = {
  release: "r1",
  files: [
    fileOf("chunks", "RAM"),
    fileOf("chunks", "disk"),
    fileOf("catalogue", "base"),
    fileOf("catalogue", "nginx"),
    fileOf("catalogue", "redis"),
    fileOf("shell", "lesson"),
  ],
  parts: [
    { id: "machine", files: [0] },
    { id: "disk", files: [1] },
    { id: "image:library/nginx", files: [2, 3] },
    { id: "image:library/redis", files: [2, 4] },
    { id: "lessons", files: [5] },
  ],
};
const ALL = PLAN.parts.map(({ id }) => id);

let stores: Record<StoreName, MemoryStore>;
let fetchFile: (file: OfflineFile, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;
let keeper: OfflineKeeper;
let fetched: number;

beforeEach(() => {
  stores = { chunks: new MemoryStore(), catalogue: new MemoryStore(), shell: new MemoryStore() };
  fetched = 0;
  fetchFile = ({ sha256 }) => {
    fetched++;
    return Promise.resolve(server.get(sha256) ?? new Uint8Array());
  };
  keeper = new OfflineKeeper(PLAN, { stores, fetch: (file, signal) => fetchFile(file, signal) });
});

const nothing = (): void => undefined;

async function keptFiles(): Promise<number[]> {
  const { files } = await keeper.survey();
  return files.flatMap(({ kept }, index) => (kept ? [index] : []));
}

describe("fetching", () => {
  it("fills the stores with what was chosen, each file once, and tells of each", async () => {
    const done: number[] = [];
    const images: PartId[] = ["image:library/nginx", "image:library/redis"];
    expect(await keeper.fetch(images, (index) => done.push(index))).toEqual({ kind: "done" });
    expect(done.sort()).toEqual([2, 3, 4]);
    expect(fetched).toBe(3);
    expect(await keptFiles()).toEqual([2, 3, 4]);
    expect(stores.catalogue.files.size).toBe(3);
  });

  it("goes on where it was stopped", async () => {
    fetchFile = ({ sha256 }, signal) => {
      if (fetched++ === 2) keeper.stop();
      return signal.aborted
        ? Promise.reject(new DrydockError("aborted", "cancelled"))
        : Promise.resolve(server.get(sha256) ?? new Uint8Array());
    };
    expect(await keeper.fetch(ALL, nothing)).toEqual({ kind: "stopped" });
    const before = (await keptFiles()).length;
    expect(before).toBeLessThan(PLAN.files.length);
    fetched = 10;
    expect(await keeper.fetch(ALL, nothing)).toEqual({ kind: "done" });
    expect(fetched - 10).toBe(PLAN.files.length - before);
  });

  it("says that there is no room, and keeps what fits", async () => {
    stores.catalogue.room = 1;
    expect(await keeper.fetch(ALL, nothing)).toEqual({ kind: "full" });
    expect(stores.catalogue.files.size).toBe(1);
  });

  it("says what failed, and goes on when that is mended", async () => {
    const works = fetchFile;
    fetchFile = () => Promise.reject(new DrydockError("network", "away", { subject: "abc" }));
    expect(await keeper.fetch(ALL, nothing)).toMatchObject({
      kind: "failed",
      error: { code: "network", subject: "abc" },
    });
    fetchFile = works;
    expect(await keeper.fetch(ALL, nothing)).toEqual({ kind: "done" });
  });
});

describe("verifying", () => {
  it("drops what is damaged, and it is fetched again", async () => {
    await keeper.fetch(ALL, nothing);
    const [name] = stores.chunks.files.keys();
    stores.chunks.files.set(name ?? "", bytesOf("RAN"));
    expect(await keeper.verify(ALL, nothing)).toEqual({ checked: 6, damaged: 1 });
    expect(await keptFiles()).toHaveLength(5);
    await keeper.fetch(ALL, nothing);
    expect(await keeper.verify(ALL, nothing)).toEqual({ checked: 6, damaged: 0 });
  });

  it("looks at what is there, and no further", async () => {
    await keeper.fetch(["machine"], nothing);
    expect(await keeper.verify(ALL, nothing)).toEqual({ checked: 1, damaged: 0 });
  });
});

describe("freeing", () => {
  it("leaves what other parts need", async () => {
    await keeper.fetch(ALL, nothing);
    await keeper.free(["image:library/nginx", "disk"], ["machine", "image:library/redis", "lessons"]);
    expect(await keptFiles()).toEqual([0, 2, 4, 5]);
    await keeper.free(ALL, []);
    expect(await keptFiles()).toEqual([]);
  });
});
