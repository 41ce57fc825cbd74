/** A raw disk image in a file as the base of a machine's disk: how a machine boots before there is a block store. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { BLOCK_BYTES } from "../../contract/manifest";
import type { BaseDisk } from "../disk/disk";

export class FileDisk implements BaseDisk {
  readonly byteLength: number;
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, "r");
    this.byteLength = fstatSync(this.#descriptor).size;
  }

  peekBlocks(first: number, into: Uint8Array): boolean {
    for (let done = 0; done < into.byteLength;) {
      const count = readSync(
        this.#descriptor,
        into,
        done,
        into.byteLength - done,
        first * BLOCK_BYTES + done,
      );
      if (count === 0) {
        into.fill(0, done);
        break;
      }
      done += count;
    }
    return true;
  }

  readBlocks(first: number, into: Uint8Array): Promise<void> {
    this.peekBlocks(first, into);
    return Promise.resolve();
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
