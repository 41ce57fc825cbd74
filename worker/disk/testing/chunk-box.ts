/** A source of chunks in memory that tests can break and repair, chunk by chunk. */
import { createHash } from "node:crypto";
import type { Chunk } from "../../../contract/manifest";
import { DrydockError } from "../../../contract/errors";
import type { ChunkCache, ChunkSource } from "../chunk-fetcher";
import { storedFrame } from "./zstd-frame";

/** The chunk that these compressed bytes are. */
export function nameChunk(bytes: Uint8Array): Chunk {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.byteLength };
}

type Answer = () => Promise<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer>;

export class ChunkBox implements ChunkSource {
  /** Names of the chunks that were asked for, in order. */
  readonly asked: string[] = [];
  readonly #files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #answers = new Map<string, Answer[]>();

  /** Puts a file in and returns its chunk. */
  add(bytes: Uint8Array<ArrayBuffer>): Chunk {
    const chunk = nameChunk(bytes);
    this.#files.set(chunk.sha256, bytes);
    return chunk;
  }

  /** Puts in a zstd frame of `content`. */
  addFrame(content: Uint8Array): Chunk {
    return this.add(storedFrame(content));
  }

  /** The right bytes of a chunk, or an error as of a source that does not have it. */
  fileOf(chunk: Chunk): Uint8Array<ArrayBuffer> {
    const bytes = this.#files.get(chunk.sha256);
    if (bytes === undefined) throw new DrydockError("bad-chunk", "not here", { subject: chunk.sha256 });
    return bytes;
  }

  /** The next reads of a chunk are answered by these, one each; those after them rightly again. */
  answer(chunk: Chunk, ...answers: Answer[]): void {
    this.#answers.set(chunk.sha256, [...(this.#answers.get(chunk.sha256) ?? []), ...answers]);
  }

  async read(chunk: Chunk): Promise<Uint8Array<ArrayBuffer>> {
    this.asked.push(chunk.sha256);
    const answer = this.#answers.get(chunk.sha256)?.shift();
    return answer === undefined ? this.fileOf(chunk) : answer();
  }
}

/** A cache in memory. */
export class CacheBox implements ChunkCache {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();

  has(chunk: Chunk): Promise<boolean> {
    return Promise.resolve(this.files.has(chunk.sha256));
  }

  read(chunk: Chunk): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return Promise.resolve(this.files.get(chunk.sha256));
  }

  write(chunk: Chunk, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.files.set(chunk.sha256, bytes);
    return Promise.resolve();
  }

  drop(chunk: Chunk): Promise<void> {
    this.files.delete(chunk.sha256);
    return Promise.resolve();
  }
}

/** The bytes with one bit of byte `at` turned over. */
export function flipBit(bytes: Uint8Array, at = bytes.byteLength >> 1): Uint8Array<ArrayBuffer> {
  const altered = Uint8Array.from(bytes);
  altered[at] = (altered[at] ?? 0) ^ 1;
  return altered;
}
