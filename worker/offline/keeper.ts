/**
 * Fills, checks and empties the caches that the machine uses. Pure: the stores and the network come in. What a cache
 * says it has is the only truth; nothing is written down beside it.
 */
import type { FetchEnd, PartId, Survey, Verified } from "../../contract/offline";
import { DrydockError, serialiseError, toDrydockError } from "../../contract/errors";
import { sha256Hex } from "../disk/chunk-fetcher";
import type { OfflineFile, OfflinePlan, StoreName } from "./parts";

/** A cache, file by file. */
export interface FileStore {
  /** The digests that are there. */
  names(): Promise<ReadonlySet<string>>;
  read(file: OfflineFile): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Rejects when there is no room. */
  write(file: OfflineFile, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  drop(file: OfflineFile): Promise<void>;
}

export interface KeeperPorts {
  readonly stores: Readonly<Record<StoreName, FileStore>>;
  /** Verified bytes from the network. Throws DrydockError `network`, `bad-chunk`, `aborted`. */
  fetch(file: OfflineFile, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** Files that are fetched at once. */
const AT_ONCE = 4;

class NoRoom extends Error {}

export class OfflineKeeper {
  readonly #plan: OfflinePlan;
  readonly #ports: KeeperPorts;
  #abort = new AbortController();

  constructor(plan: OfflinePlan, ports: KeeperPorts) {
    this.#plan = plan;
    this.#ports = ports;
  }

  async survey(): Promise<Survey> {
    const { files, parts, release } = this.#plan;
    const kept = await this.#kept();
    const surveyed = files.map(({ bytes }, index) => ({ bytes, kept: kept.has(index) }));
    return { release, files: surveyed, parts };
  }

  /**
   * Fetches what is missing of these parts. Ends what was under way before.
   * @param onFile called for each file that is there now, with its index
   */
  async fetch(parts: readonly PartId[], onFile: (index: number) => void): Promise<FetchEnd> {
    this.stop();
    const { signal } = this.#abort;
    try {
      const kept = await this.#kept();
      const missing = this.#filesOf(parts).filter((index) => !kept.has(index));
      await this.#inTurn(missing, signal, async (index, file) => {
        const bytes = await this.#ports.fetch(file, signal);
        await this.#write(file, bytes);
        onFile(index);
      });
      return signal.aborted ? { kind: "stopped" } : { kind: "done" };
    } catch (error) {
      if (signal.aborted) return { kind: "stopped" };
      if (error instanceof NoRoom) return { kind: "full" };
      return { kind: "failed", error: serialiseError(toDrydockError(error)) };
    } finally {
      // One that failed ends the others.
      if (this.#abort.signal === signal) this.stop();
    }
  }

  /** Ends what is under way; what is there stays. */
  stop(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  /** Reads and hashes what is kept of these parts, and drops what is wrong. Ends what was under way before. */
  async verify(parts: readonly PartId[], onFile: (index: number) => void): Promise<Verified> {
    this.stop();
    const { signal } = this.#abort;
    const kept = await this.#kept();
    let checked = 0;
    let damaged = 0;
    await this.#inTurn(
      this.#filesOf(parts).filter((index) => kept.has(index)),
      signal,
      async (index, file) => {
        const store = this.#ports.stores[file.store];
        const bytes = await store.read(file);
        checked++;
        if (bytes === undefined || (await sha256Hex(bytes)) !== file.sha256) {
          damaged++;
          await store.drop(file);
        }
        onFile(index);
      },
    );
    return { checked, damaged };
  }

  /** Drops what is kept of these parts, but for what parts in `keep` need. */
  async free(parts: readonly PartId[], keep: readonly PartId[]): Promise<void> {
    this.stop();
    const needed = new Set(this.#filesOf(keep));
    const kept = await this.#kept();
    for (const index of this.#filesOf(parts)) {
      const file = this.#plan.files[index];
      if (file === undefined || needed.has(index) || !kept.has(index)) continue;
      await this.#ports.stores[file.store].drop(file);
    }
  }

  async #kept(): Promise<Set<number>> {
    const { chunks, catalogue, shell } = this.#ports.stores;
    const names = {
      chunks: await chunks.names(),
      catalogue: await catalogue.names(),
      shell: await shell.names(),
    };
    const kept = new Set<number>();
    for (const [index, { store, sha256 }] of this.#plan.files.entries())
      if (names[store].has(sha256)) kept.add(index);
    return kept;
  }

  #filesOf(ids: readonly PartId[]): number[] {
    const wanted = new Set(ids);
    return [...new Set(this.#plan.parts.filter(({ id }) => wanted.has(id)).flatMap(({ files }) => files))];
  }

  async #write(file: OfflineFile, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      await this.#ports.stores[file.store].write(file, bytes);
    } catch (cause) {
      throw new NoRoom("the browser gives no more room", { cause });
    }
  }

  /** Some at a time, in order; the first failure ends all. */
  async #inTurn(
    indices: readonly number[],
    signal: AbortSignal,
    handle: (index: number, file: OfflineFile) => Promise<void>,
  ): Promise<void> {
    const rest = indices.values();
    const handleRest = async (): Promise<void> => {
      for (const index of rest) {
        if (signal.aborted) return;
        const file = this.#plan.files[index];
        if (file === undefined) throw new DrydockError("internal", `there is no file ${index}`);
        await handle(index, file);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, handleRest));
  }
}
