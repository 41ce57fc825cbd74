/** Slots in a file with a quota: what does not fit goes into memory, so that the guest keeps every write it was promised. */
import { MemorySlotStore, type SlotStore } from "./overlay";

/** The parts of a FileSystemSyncAccessHandle that are needed. */
export interface SlotFile {
  /** Both return the number of bytes done. */
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(bytes: number): void;
}

/** Slots are handed out in order, so that the file only ever grows at its end. */
export class SpillingSlotStore implements SlotStore {
  readonly #file: SlotFile;
  readonly #memory = new MemorySlotStore();
  #fileBytes = 0;
  /** Offsets from here on are in memory. */
  #memoryFrom = Number.POSITIVE_INFINITY;

  constructor(file: SlotFile) {
    this.#file = file;
  }

  /** @throws Error if the file does not give back what it took */
  read(offset: number, into: Uint8Array): void {
    const inFile = this.#lengthInFile(offset, into);
    if (inFile > 0 && this.#file.read(into.subarray(0, inFile), { at: offset }) !== inFile) {
      throw new Error("the browser's private file has lost bytes");
    }
    if (inFile < into.byteLength) this.#memory.read(offset + inFile, into.subarray(inFile));
  }

  /** @throws Error if the file does not take other bytes in the place of those that it has */
  write(offset: number, bytes: Uint8Array): void {
    let inFile = this.#lengthInFile(offset, bytes);
    if (inFile > 0 && !this.#writeFile(offset, bytes.subarray(0, inFile))) {
      // Full: it cannot grow, but what it holds stays there and is written there.
      inFile = Math.max(0, Math.min(inFile, this.#fileBytes - offset));
      if (inFile > 0 && !this.#writeFile(offset, bytes.subarray(0, inFile))) {
        throw new Error("the browser's private file cannot be written");
      }
      this.#memoryFrom = offset + inFile;
    }
    this.#fileBytes = Math.max(this.#fileBytes, inFile > 0 ? offset + inFile : 0);
    if (inFile < bytes.byteLength) this.#memory.write(offset + inFile, bytes.subarray(inFile));
  }

  clear(): void {
    this.#file.truncate(0);
    this.#memory.clear();
    this.#fileBytes = 0;
    this.#memoryFrom = Number.POSITIVE_INFINITY;
  }

  #lengthInFile(offset: number, bytes: Uint8Array): number {
    return Math.max(0, Math.min(bytes.byteLength, this.#memoryFrom - offset));
  }

  #writeFile(offset: number, bytes: Uint8Array): boolean {
    try {
      return this.#file.write(bytes, { at: offset }) === bytes.byteLength;
    } catch {
      // QuotaExceededError.
      return false;
    }
  }
}
