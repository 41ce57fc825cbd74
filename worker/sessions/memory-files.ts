/** Files and locks for one tab that keeps nothing: restore points work, and end with it. */
import { DrydockError } from "../../contract/errors";
import { concatBytes } from "../bytes";
import type { FileWriter, SaveFiles, SaveLocks } from "./files";

export class MemoryFiles implements SaveFiles {
  readonly #files = new Map<string, Uint8Array<ArrayBuffer>>();

  list(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map([...this.#files].map(([name, bytes]) => [name, bytes.byteLength])));
  }

  read(name: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.#files.get(name)?.slice(offset, offset + length);
    if (bytes?.byteLength === length) return Promise.resolve(bytes);
    return Promise.reject(
      new DrydockError("bad-save", "a file is not there, or is too short", { subject: name }),
    );
  }

  blob(name: string): Promise<Blob> {
    return Promise.resolve(new Blob([this.#files.get(name) ?? new Uint8Array()]));
  }

  create(name: string): Promise<FileWriter> {
    const parts: Uint8Array[] = [];
    return Promise.resolve({
      write: (bytes) => void parts.push(bytes.slice()),
      finish: () => {
        this.#files.set(name, concatBytes(parts));
        return Promise.resolve();
      },
      abandon: () => Promise.resolve(),
    });
  }

  remove(name: string): Promise<void> {
    this.#files.delete(name);
    return Promise.resolve();
  }

  room(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

/** One tab's own. */
export function lonelyLocks(): SaveLocks {
  let last: Promise<unknown> = Promise.resolve();
  const owner = crypto.randomUUID();
  return {
    owner,
    exclusive: (work) => {
      const result = last.then(work);
      last = result.catch(() => undefined);
      return result;
    },
    keep: () => Promise.resolve(() => undefined),
    living: () => Promise.resolve({ sessions: new Set(), owners: new Set([owner]) }),
  };
}
