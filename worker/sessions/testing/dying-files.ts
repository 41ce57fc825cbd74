/**
 * Files on a disk that outlives whoever writes them, and a tab that is killed after so many operations: of what was not
 * finished then, any part may be there.
 */
import { DrydockError } from "../../../contract/errors";
import { concatBytes } from "../../bytes";
import type { FileWriter, SaveFiles } from "../files";

/** What is on the disk. */
export type DiskContent = Map<string, Uint8Array<ArrayBuffer>>;

export class DyingFiles implements SaveFiles {
  readonly content: DiskContent;
  /** Operations that change something, so far. */
  operations = 0;
  /** Bytes that the disk takes in all. */
  capacity = Infinity;
  readonly #dieAt: number;
  readonly #random: () => number;
  readonly #open = new Map<string, Uint8Array[]>();
  #dead = false;

  /** @param dieAt the operation during which the tab is killed */
  constructor(content: DiskContent, dieAt = Infinity, random: () => number = Math.random) {
    this.content = content;
    this.#dieAt = dieAt;
    this.#random = random;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  async list(): Promise<ReadonlyMap<string, number>> {
    await this.#live();
    return new Map([...this.content].map(([name, bytes]) => [name, bytes.byteLength]));
  }

  async read(name: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    await this.#live();
    const bytes = this.content.get(name)?.slice(offset, offset + length);
    if (bytes?.byteLength === length) return bytes;
    throw new DrydockError("bad-save", "too short", { subject: name });
  }

  async blob(name: string): Promise<Blob> {
    await this.#live();
    return new Blob([this.content.get(name) ?? new Uint8Array()]);
  }

  async create(name: string): Promise<FileWriter> {
    await this.#step();
    this.content.set(name, new Uint8Array());
    const parts: Uint8Array[] = [];
    this.#open.set(name, parts);
    return {
      write: async (bytes) => {
        parts.push(bytes.slice());
        await this.#step();
        const used = [...this.content.values()].reduce((sum, each) => sum + each.byteLength, 0);
        const waiting = [...this.#open.values()].flat().reduce((sum, each) => sum + each.byteLength, 0);
        if (used + waiting > this.capacity) throw new DrydockError("no-room", "full");
      },
      finish: async () => {
        await this.#step();
        this.#open.delete(name);
        this.content.set(name, concatBytes(parts));
      },
      abandon: async () => {
        if (this.#dead) return;
        await this.#step();
        this.#open.delete(name);
        this.content.delete(name);
      },
    };
  }

  async remove(name: string): Promise<void> {
    await this.#step();
    this.content.delete(name);
  }

  room(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async #step(): Promise<void> {
    await this.#live();
    if (++this.operations < this.#dieAt) return;
    this.#dead = true;
    for (const [name, parts] of this.#open) {
      const bytes = concatBytes(parts);
      const dice = this.#random();
      // All of it, some of it, or bytes that were never written: a file's length may be safe before its content is.
      if (dice < 0.3) this.content.set(name, bytes);
      else if (dice < 0.8)
        this.content.set(name, bytes.slice(0, Math.floor(this.#random() * bytes.byteLength)));
      else this.content.set(name, new Uint8Array(bytes.byteLength));
    }
    await this.#live();
  }

  /** Nothing is answered any more once the tab is dead. */
  #live(): Promise<void> {
    return this.#dead ? Promise.reject(new Error("killed")) : Promise.resolve();
  }
}
