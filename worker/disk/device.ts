/**
 * The disk as v86's IDE wants it (its "custom buffer"). A block that cannot be had never becomes wrong bytes and never
 * fails the guest's I/O: the request waits, the fault is reported, and `retry` tries it again.
 */
import { type DrydockError, parseError, serialiseError } from "../errors";
import type { Disk } from "./disk";

export interface DiskDeviceOptions {
  readonly disk: Disk;
  /** Called with the error when a read fails, and with `undefined` when no read is held any more. */
  readonly onFault: (error: DrydockError | undefined) => void;
}

type Done = (bytes: Uint8Array<ArrayBuffer>) => void;

/** The members are v86's own names. */
export class DiskDevice {
  readonly byteLength: number;
  onload: ((event: object) => void) | undefined;
  readonly #disk: Disk;
  readonly #onFault: DiskDeviceOptions["onFault"];
  readonly #held = new Set<() => void>();
  #pending = 0;

  constructor(options: DiskDeviceOptions) {
    this.#disk = options.disk;
    this.#onFault = options.onFault;
    this.byteLength = options.disk.byteLength;
  }

  /** Requests under way. A snapshot is only taken at 0: v86 does not save them. */
  get pending(): number {
    return this.#pending;
  }

  load(): void {
    this.onload?.({});
  }

  get(start: number, length: number, done: Done, options?: { signal?: AbortSignal }): void {
    const bytes = this.#disk.peek(start, length);
    if (bytes !== undefined) {
      done(bytes);
      return;
    }
    this.#pending++;
    this.#read(start, length, done, options?.signal);
  }

  get_from_cache(start: number, length: number): Uint8Array | undefined {
    return this.#disk.peek(start, length);
  }

  get_and_cache(start: number, length: number, done: Done): void {
    this.get(start, length, done);
  }

  /** v86 raises the interrupt that ends the write when `done` is called: only once the overlay has the bytes. */
  set(start: number, bytes: Uint8Array, done: () => void): void {
    this.#pending++;
    // v86 reuses its buffer for the next command.
    const copy = bytes.slice();
    const attempt = (): void => {
      this.#disk.write(start, copy).then(
        () => {
          this.#pending--;
          done();
        },
        (error: unknown) => this.#hold(attempt, error),
      );
    };
    attempt();
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
    const held = [...this.#held];
    this.#held.clear();
    for (const attempt of held) attempt();
  }

  #read(start: number, length: number, done: Done, signal: AbortSignal | undefined): void {
    this.#disk.read(start, length).then(
      (bytes) => {
        this.#pending--;
        if (this.#held.size === 0) this.#onFault(undefined);
        done(bytes);
      },
      (error: unknown) => {
        if (signal?.aborted === true) {
          // v86 has cancelled the command (a device reset); it drops the answer by its own book-keeping.
          this.#pending--;
          done(new Uint8Array(length));
          return;
        }
        this.#hold(() => this.#read(start, length, done, signal), error);
      },
    );
  }

  #hold(attempt: () => void, error: unknown): void {
    this.#held.add(attempt);
    this.#onFault(parseError(serialiseError(error)));
  }
}
