/**
 * The disk as v86's IDE wants it (its "custom buffer"). A block that cannot be had never becomes wrong bytes and never
 * fails the guest's I/O: the request waits, the fault is reported, and `retry` tries it again.
 */
import { type DrydockError, parseError, serialiseError } from "../../contract/errors";
import type { Disk } from "./disk";

export interface DiskDeviceOptions {
  readonly disk: Disk;
  /** Called with the error when a request fails, and with `undefined` when the last that failed is over. */
  readonly onFault: (error: DrydockError | undefined) => void;
}

type Done = (bytes: Uint8Array<ArrayBuffer>) => void;

/** What the guest waits for. */
interface Request {
  attempt(): void;
  /** True while its last attempt has failed and no other was asked for. */
  held: boolean;
}

/** The members are v86's own names. */
export class DiskDevice {
  readonly byteLength: number;
  onload: ((event: object) => void) | undefined;
  #disk: Disk;
  readonly #onFault: DiskDeviceOptions["onFault"];
  readonly #requests = new Set<Request>();
  /** Those of them that have failed and have not succeeded since. */
  readonly #failing = new Set<Request>();

  constructor(options: DiskDeviceOptions) {
    this.#disk = options.disk;
    this.#onFault = options.onFault;
    this.byteLength = options.disk.byteLength;
  }

  /** Requests under way. A snapshot is only taken at 0: v86 does not save them. */
  get pending(): number {
    return this.#requests.size;
  }

  /** Another content of the same length, from the next request on. Only while none is pending. */
  replaceDisk(disk: Disk): void {
    this.#disk = disk;
  }

  load(): void {
    this.onload?.({});
  }

  /** `options.signal` is v86's: it fires when the guest resets the drive and no longer waits for the bytes. */
  get(start: number, length: number, done: Done, options?: { signal?: AbortSignal }): void {
    const bytes = this.#peek(start, length);
    if (bytes !== undefined) {
      done(bytes);
      return;
    }
    const request = this.#begin(() => this.#disk.read(start, length), done);
    options?.signal?.addEventListener("abort", () => this.#end(request), { once: true });
  }

  get_from_cache(start: number, length: number): Uint8Array | undefined {
    return this.#peek(start, length);
  }

  get_and_cache(start: number, length: number, done: Done): void {
    this.get(start, length, done);
  }

  /** v86 raises the interrupt that ends the write when `done` is called: only once the overlay has the bytes. */
  set(start: number, bytes: Uint8Array, done: () => void): void {
    // v86 reuses its buffer for the next command.
    const copy = bytes.slice();
    this.#begin(() => this.#disk.write(start, copy), done);
  }

  get_buffer(done: (buffer: undefined) => void): void {
    done(undefined);
  }

  /** The disk's content is not part of v86's state: the overlay is saved by itself. */
  get_state(): readonly [] {
    return [];
  }

  set_state(_state: unknown): void {
    // Nothing of the disk is in v86's state.
  }

  /** Tries every request that is held once more. */
  retry(): void {
    for (const request of [...this.#failing]) {
      if (request.held) request.attempt();
    }
  }

  #peek(start: number, length: number): Uint8Array<ArrayBuffer> | undefined {
    try {
      return this.#disk.peek(start, length);
    } catch {
      // An overlay that cannot be read, say. The read that follows fails the same way and is held.
      return undefined;
    }
  }

  /** Does `work` until it succeeds: at once, and then whenever `retry` is called. */
  #begin<T>(work: () => Promise<T>, done: (result: T) => void): Request {
    const attempt = (): void => {
      request.held = false;
      work().then(
        (result) => {
          if (this.#end(request)) done(result);
        },
        (error: unknown) => this.#hold(request, error),
      );
    };
    const request: Request = { attempt, held: false };
    this.#requests.add(request);
    attempt();
    return request;
  }

  /** Forgets a request; false if that was done before. */
  #end(request: Request): boolean {
    if (!this.#requests.delete(request)) return false;
    if (this.#failing.delete(request) && this.#failing.size === 0) this.#onFault(undefined);
    return true;
  }

  #hold(request: Request, error: unknown): void {
    if (!this.#requests.has(request)) return;
    request.held = true;
    this.#failing.add(request);
    this.#onFault(parseError(serialiseError(error)));
  }
}
