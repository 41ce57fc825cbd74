/**
 * Room in a full storage. A client that breaks a push off does not say so (Docker sends no DELETE), and may come back to
 * go on with it, so what it has sent stays for a while. When somebody needs the room, that is over.
 */
import { StorageFullError } from "../errors";
import type { RegistryStorage, Room, RoomHolder } from "./store";

/** The holders of one storage's room, of every registry in it. */
export class StorageRoom implements Room {
  readonly #holders = new Set<RoomHolder>();

  add(holder: RoomHolder): void {
    this.#holders.add(holder);
  }

  async make(): Promise<boolean> {
    let first: RoomHolder | undefined;
    let since = Infinity;
    for (const holder of this.#holders) {
      const idle = holder.idleSince();
      if (idle === undefined || idle >= since) continue;
      first = holder;
      since = idle;
    }
    if (first === undefined) return false;
    await first.giveBack();
    return true;
  }
}

/** The same storage, which says that it is full only when no room can be given back any more. */
export function withRoom({ blobs, metadata, serial, room }: RegistryStorage): RegistryStorage {
  const makingRoom = async <T>(task: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await task();
      } catch (error) {
        if (!(error instanceof StorageFullError)) throw error;
        if (!(await blobs.sweep()) && !(await room.make())) throw error;
      }
    }
  };
  return {
    room,
    serial,
    metadata: {
      get: (key) => metadata.get(key),
      keys: (prefix) => metadata.keys(prefix),
      write: (changes) => makingRoom(() => metadata.write(changes)),
    },
    blobs: {
      size: (digest) => blobs.size(digest),
      read: (digest, start, end) => blobs.read(digest, start, end),
      delete: (digest) => blobs.delete(digest),
      list: () => blobs.list(),
      sweep: () => blobs.sweep(),
      stage: async () => {
        const staging = await makingRoom(() => blobs.stage());
        return {
          get size() {
            return staging.size;
          },
          append: (bytes) => makingRoom(() => staging.append(bytes)),
          read: () => staging.read(),
          commit: (digest) => staging.commit(digest),
          discard: () => staging.discard(),
        };
      },
    },
  };
}
