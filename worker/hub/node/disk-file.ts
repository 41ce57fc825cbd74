/** Files of a disk that may be full. */
import { open, rename, rm, writeFile, type FileHandle } from "node:fs/promises";
import { hasCode } from "../../../contract/errors";
import { StorageFullError } from "../errors";

const LINE_FEED = 10;

/** A file that grows by whole lines, one at a time. */
export class Log {
  readonly #file: FileHandle;
  /** Up to where the file is made of whole lines. */
  #length: number;
  /** Whether something may stand behind that. */
  #torn: boolean;

  private constructor(file: FileHandle, length: number, torn: boolean) {
    this.#file = file;
    this.#length = length;
    this.#torn = torn;
  }

  /**
   * Opens the log at `path` with `lines` instead of `old`, which is what it has. On a disk without room for that it
   * stays what it was: to make room, the server must be able to start.
   */
  static async open(path: string, lines: string, old: Uint8Array): Promise<Log> {
    const fresh = `${path}.new`;
    try {
      // Else a power cut may leave the new name and none of the bytes.
      await writeFile(fresh, lines, { flush: true });
      await rename(fresh, path);
      return new Log(await open(path, "r+"), Buffer.byteLength(lines), false);
    } catch (error) {
      if (old.length === 0 || !isFull(error)) throw error;
      await rm(fresh, { force: true });
      return new Log(await open(path, "r+"), old.lastIndexOf(LINE_FEED) + 1, true);
    }
  }

  /** @throws StorageFullError, and then the line never happened */
  async append(line: string): Promise<void> {
    try {
      // What is left of a line that failed would spoil the next one.
      if (this.#torn) await this.#file.truncate(this.#length);
      this.#torn = true;
      this.#length += await writeAt(this.#file, Buffer.from(line), this.#length);
      this.#torn = false;
    } catch (error) {
      throw asStorageError(error);
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** A new file. Even an empty one wants room. @throws StorageFullError */
export async function createFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "w");
  } catch (error) {
    throw asStorageError(error);
  }
}

/** Writes all of `bytes`, and says how many they are. */
export async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let written = 0;
  while (written < bytes.length) {
    written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
  }
  return written;
}

/** The disk's own words for "full" as the store's error; others as they are. */
export function asStorageError(error: unknown): unknown {
  return isFull(error) ? new StorageFullError("the disk is full", { cause: error }) : error;
}

/** The disk is, or the user's share of it, or the file may not grow any more. */
function isFull(error: unknown): boolean {
  return hasCode(error, "ENOSPC", "EDQUOT", "EFBIG");
}
