/**
 * Upload sessions: OCI Distribution 1.1 "Pushing Blobs". A session takes bytes in order, one request at a time, and
 * hashes them as they come. It ends with the right digest, with a wrong one or any other mistake (everything is
 * dropped), by being cancelled, by being left alone, or because its room is needed while it is idle. A connection
 * that breaks ends nothing: the client may ask how far it got and go on. Sessions live as long as the program: a page that is reloaded starts its pushes anew.
 */
import type { Blobs } from "./blobs";
import { createHasher, digestOfStream, type Hasher } from "../digest";
import { RegistryError } from "../errors";
import { algorithmOf, type Digest, type DigestAlgorithm } from "../names";
import type { BlobStore, RoomHolder, Staging } from "./store";

/** Each session holds a hash state and a file. */
const MAX_SESSIONS = 256;
const IDLE_MS = 60 * 60 * 1000;
/** When a client may try again that found every session being written to. */
const RETRY_SECONDS = 10;

interface Session {
  readonly id: string;
  readonly repository: string;
  readonly algorithm: DigestAlgorithm;
  readonly staging: Staging;
  readonly hasher: Hasher;
  busy: boolean;
  touchedAt: number;
}

export interface UploadsOptions {
  readonly store: BlobStore;
  readonly blobs: Blobs;
  readonly now: () => number;
  /** Bytes that one blob may have. */
  readonly maxBlobBytes: number;
}

/** From `start` up to and without `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** One request's share of a blob. */
export interface Chunk {
  readonly body: ReadableStream<Uint8Array> | null;
  /** Content-Range, when the client gave one. */
  readonly range: ByteRange | undefined;
  /** Content-Length, when the client gave one. */
  readonly length: number | undefined;
}

export class Uploads implements RoomHolder {
  readonly #sessions = new Map<string, Session>();
  readonly #options: UploadsOptions;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** Number of sessions that are open. */
  get count(): number {
    return this.#sessions.size;
  }

  /** Opens a session and says its id. @throws RegistryError TOOMANYREQUESTS, StorageFullError */
  async start(repository: string, algorithm: DigestAlgorithm): Promise<string> {
    await this.dropIdle();
    if (this.#sessions.size >= MAX_SESSIONS) {
      const oldest = this.#oldestIdle(() => true);
      if (oldest === undefined)
        throw new RegistryError("TOOMANYREQUESTS", { headers: { "retry-after": String(RETRY_SECONDS) } });
      await this.#end(oldest);
    }
    const id = randomId();
    const [staging, hasher] = await Promise.all([this.#options.store.stage(), createHasher(algorithm)]);
    const touchedAt = this.#options.now();
    this.#sessions.set(id, { id, repository, algorithm, staging, hasher, busy: false, touchedAt });
    return id;
  }

  /** Bytes that a session has. @throws RegistryError BLOB_UPLOAD_UNKNOWN */
  offset(repository: string, id: string): number {
    return this.#find(repository, id).staging.size;
  }

  /** Adds a chunk, and says how many bytes there are now. */
  async append(repository: string, id: string, chunk: Chunk): Promise<number> {
    return this.#exclusively(this.#find(repository, id), async (session) => {
      await this.#take(session, chunk);
      return session.staging.size;
    });
  }

  /** Adds the last chunk, if there is one, and makes the whole a blob. @throws RegistryError DIGEST_INVALID */
  async finish(repository: string, id: string, digest: Digest, chunk: Chunk): Promise<void> {
    await this.#exclusively(this.#find(repository, id), async (session) => {
      await this.#take(session, chunk);
      const actual = await this.#digest(session, algorithmOf(digest));
      if (actual !== digest) {
        await this.#end(session);
        throw new RegistryError("DIGEST_INVALID", { detail: { expected: digest, actual } });
      }
      this.#sessions.delete(id);
      await this.#options.blobs.commit(repository, session.staging, digest);
    });
  }

  /** Also ends a request that is still sending. @throws RegistryError BLOB_UPLOAD_UNKNOWN */
  async cancel(repository: string, id: string): Promise<void> {
    await this.#end(this.#find(repository, id));
  }

  /** Ends a session if it is still there. */
  async drop(id: string): Promise<void> {
    const session = this.#sessions.get(id);
    if (session !== undefined) await this.#end(session);
  }

  /** Ends the sessions that were idle for an hour. */
  async dropIdle(): Promise<void> {
    const latest = this.#options.now() - IDLE_MS;
    for (const session of [...this.#sessions.values()]) {
      if (!session.busy && session.touchedAt <= latest) await this.#end(session);
    }
  }

  idleSince(): number | undefined {
    return this.#oldestIdle(holdsBytes)?.touchedAt;
  }

  async giveBack(): Promise<void> {
    const oldest = this.#oldestIdle(holdsBytes);
    if (oldest !== undefined) await this.#end(oldest);
  }

  /** Of those that no request is writing to, the one that was left alone for longest. */
  #oldestIdle(isMeant: (session: Session) => boolean): Session | undefined {
    let oldest: Session | undefined;
    for (const session of this.#sessions.values()) {
      if (session.busy || !isMeant(session)) continue;
      if (oldest === undefined || session.touchedAt < oldest.touchedAt) oldest = session;
    }
    return oldest;
  }

  #find(repository: string, id: string): Session {
    const session = this.#sessions.get(id);
    if (session?.repository === repository) return session;
    throw new RegistryError("BLOB_UPLOAD_UNKNOWN");
  }

  async #exclusively<T>(session: Session, task: (session: Session) => Promise<T>): Promise<T> {
    if (session.busy) {
      throw new RegistryError("BLOB_UPLOAD_INVALID", {
        status: 409,
        message: "another request is writing to this upload",
      });
    }
    session.busy = true;
    try {
      return await task(session);
    } finally {
      session.busy = false;
      session.touchedAt = this.#options.now();
    }
  }

  async #take(session: Session, chunk: Chunk): Promise<void> {
    const { range, length, body } = chunk;
    const offset = session.staging.size;
    if (range !== undefined && range.start !== offset) {
      throw new RegistryError("RANGE_INVALID", { detail: { expected: offset, given: range.start } });
    }
    const announced = range === undefined ? length : range.end - range.start;
    if (length !== undefined && announced !== length) throw new RegistryError("SIZE_INVALID");
    const room = this.#options.maxBlobBytes - offset;
    if ((announced ?? 0) > room) throw this.#tooLarge();
    try {
      const taken = body === null ? 0 : await copy(body, session, Math.min(announced ?? room, room) + 1);
      if (taken > room) throw this.#tooLarge();
      if (announced !== undefined && taken !== announced) throw new RegistryError("SIZE_INVALID");
    } catch (error) {
      if (this.#sessions.get(session.id) !== session) throw new RegistryError("BLOB_UPLOAD_UNKNOWN");
      if (error instanceof BrokenBody) throw brokenOff(error);
      await this.#end(session);
      throw error;
    }
  }

  #tooLarge(): RegistryError {
    return new RegistryError("SIZE_INVALID", {
      status: 413,
      message: `a blob may have at most ${this.#options.maxBlobBytes} bytes`,
    });
  }

  /** The running digest, or, when the client names another algorithm at the end, that of the staged bytes. */
  async #digest(session: Session, algorithm: DigestAlgorithm): Promise<Digest> {
    if (algorithm === session.algorithm) return session.hasher.digest();
    return digestOfStream(session.staging.read(), algorithm);
  }

  async #end(session: Session): Promise<void> {
    this.#sessions.delete(session.id);
    await session.staging.discard();
  }
}

function holdsBytes(session: Session): boolean {
  return session.staging.size > 0;
}

/** The client's side failed, not ours: what has arrived stays. */
class BrokenBody extends Error {}

function brokenOff(error: BrokenBody): RegistryError {
  return new RegistryError("BLOB_UPLOAD_INVALID", {
    message: "the request's body broke off",
    cause: error.cause,
  });
}

/** Moves a body into a session until its end or until `limit` bytes have been taken; says how many there were. */
async function copy(body: ReadableStream<Uint8Array>, session: Session, limit: number): Promise<number> {
  const reader = body.getReader();
  let taken = 0;
  try {
    while (taken < limit) {
      const next = await reader.read().catch((error: unknown) => {
        throw new BrokenBody("the body broke off", { cause: error });
      });
      if (next.done) break;
      await session.staging.append(next.value);
      session.hasher.update(next.value);
      taken += next.value.length;
    }
    return taken;
  } finally {
    reader.releaseLock();
  }
}

/** 128 random bits in the form of a UUID (RFC 9562 version 4). */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
