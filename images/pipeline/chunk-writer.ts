/** Chunks as the page loads them (contract/manifest.ts): zstd frames named by the sha256 of their bytes. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { BLOB_CHUNK_BYTES } from "../../worker/disk/block-store";
import type { Blob, Chunk } from "../../contract/manifest";
import type { ToolOptions } from "./run-tool";

/**
 * zstd's levels, for what everybody waits for, and for what is fetched meanwhile or when it is asked for. Measured on 77
 * chunks of 512 KiB of RAM and of everyday commands' files, in seconds of processor time and MB: 19: 16.9, 11.89; 18: 12.0,
 * 11.92; 17: 7.8, 12.36; 16: 6.9, 12.63; 15: 2.9, 13.17; 12: 1.3, 13.19. Whoever builds waits for each of these seconds.
 */
export const ZSTD_LEVELS = { first: 18, later: 12 } as const;
const FILES_A_PROCESS = 200;

export interface WriteContext {
  /** Chunks go to `chunks/` in it. */
  readonly out: string;
  /** An empty folder. */
  readonly work: string;
  say(text: string): void;
  run(command: string, args: string[], options?: ToolOptions): Promise<string>;
}

/** A chunk that is not compressed yet: its number. */
export type PendingChunk = number;
export interface PendingBlob {
  readonly bytes: number;
  readonly chunks: readonly PendingChunk[];
}

/** Collects chunks in a work folder, compresses them all at once with the zstd program, and names them by digest. */
export class ChunkWriter {
  readonly #context: Omit<WriteContext, "say">;
  readonly #writes: Promise<void>[] = [];
  readonly #levels: number[] = [];
  readonly #described: Chunk[] = [];

  constructor(context: Omit<WriteContext, "say">) {
    this.#context = context;
  }

  get count(): number {
    return this.#levels.length;
  }

  add(bytes: Uint8Array, level: number = ZSTD_LEVELS.first): PendingChunk {
    const number = this.#levels.push(level) - 1;
    this.#writes.push(writeFile(this.#path(number), bytes));
    return number;
  }

  addBlob(bytes: Uint8Array): PendingBlob {
    const chunks: PendingChunk[] = [];
    for (let offset = 0; offset < bytes.byteLength; offset += BLOB_CHUNK_BYTES) {
      chunks.push(this.add(bytes.slice(offset, offset + BLOB_CHUNK_BYTES)));
    }
    return { bytes: bytes.byteLength, chunks };
  }

  async compress(): Promise<void> {
    await Promise.all(this.#writes);
    for (const level of new Set(this.#levels)) await this.#compressAt(level);
    const folder = join(this.#context.out, "chunks");
    await mkdir(folder, { recursive: true });
    for (let number = 0; number < this.count; number++) {
      const path = `${this.#path(number)}.zst`;
      const bytes = await readFile(path);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      this.#described[number] = { sha256, bytes: bytes.byteLength };
      await rename(path, join(folder, sha256));
    }
  }

  /** As many zstd processes as there are processors, each with many files: one is too short to be worth a process. */
  async #compressAt(level: number): Promise<void> {
    const numbers = [...this.#levels.keys()].filter((number) => this.#levels[number] === level);
    const lanes = availableParallelism();
    await Promise.all(
      Array.from({ length: lanes }, async (_, lane) => {
        const mine = numbers.filter((number) => number % lanes === lane).map(String);
        for (let i = 0; i < mine.length; i += FILES_A_PROCESS) {
          const files = mine.slice(i, i + FILES_A_PROCESS);
          const { work: cwd } = this.#context;
          await this.#context.run("zstd", ["-q", "--rm", `-${level}`, ...files], { cwd });
        }
      }),
    );
  }

  /** One name for all the content. */
  digest(): string {
    const hash = createHash("sha256");
    for (const chunk of this.#described) hash.update(chunk.sha256);
    return hash.digest("hex");
  }

  describe(chunk: PendingChunk): Chunk {
    const described = this.#described[chunk];
    if (described === undefined) throw new RangeError(`chunk ${chunk} was not compressed`);
    return described;
  }

  describeBlob(blob: PendingBlob): Blob {
    return { bytes: blob.bytes, chunks: blob.chunks.map((chunk) => this.describe(chunk)) };
  }

  #path(number: PendingChunk): string {
    return join(this.#context.work, String(number));
  }
}
