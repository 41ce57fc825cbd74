/**
 * The root as several tabs change it, one at a time, and what goes with it: what no root names any more is removed,
 * unless a living tab is still writing it. Files come to be here as well, by their names.
 */
import type { StoredFile } from "./bank";
import type { SaveFiles, SaveLocks } from "./files";
import { rebuildRoot } from "./rebuild";
import {
  FILE_NAME,
  filesOf,
  isRootName,
  readRoot,
  type Root,
  savesOf,
  type SessionEntry,
  writeRoot,
} from "./root";

export class Ledger {
  readonly #files: SaveFiles;
  readonly #locks: SaveLocks;
  #serial = 0;
  /** Files of ours that no root names yet. */
  readonly #unnamed = new Set<string>();

  constructor(files: SaveFiles, locks: SaveLocks) {
    this.#files = files;
    this.#locks = locks;
  }

  /** Looks at the root, which nobody changes meanwhile. */
  read<Result>(look: (root: Root) => Result | Promise<Result>): Promise<Result> {
    return this.#locks.exclusive(async () => look(await this.#root()));
  }

  /** One change of the root, which nobody else changes meanwhile. Without a new root, nothing changes. */
  async change<Result>(
    change: (root: Root) => { readonly root: Root | undefined; readonly result: Result },
  ): Promise<Result> {
    return this.#locks.exclusive(async () => {
      const { root, result } = change(await this.#root());
      if (root !== undefined) await this.#write(root);
      return result;
    });
  }

  /** Takes files in that make a session of its own. `work` writes them while nobody else changes anything. */
  async adopt(work: (live: ReadonlySet<string>) => Promise<SessionEntry>): Promise<SessionEntry> {
    return this.#locks.exclusive(async () => {
      const root = await this.#root();
      const entry = await work(new Set(liveFiles(root)));
      await this.#write(withSession(root, entry));
      return entry;
    });
  }

  /** Of a file that is about to be written. */
  newName(kind: "pack" | "save" | "guest"): string {
    const name = `${kind}-${this.#locks.owner}-${this.#serial++}`;
    this.#unnamed.add(name);
    return name;
  }

  /** Whether it is one of ours that no root names yet. */
  isUnnamed(name: string): boolean {
    return this.#unnamed.has(name);
  }

  /** Bytes of those of these files that no root names yet. */
  bytesOfUnnamed(files: readonly StoredFile[]): number {
    return files.reduce((sum, { name, bytes }) => (this.isUnnamed(name) ? sum + bytes : sum), 0);
  }

  /** Files that were written and are not needed after all. Never rejects. */
  async giveUp(): Promise<void> {
    const names = [...this.#unnamed];
    this.#unnamed.clear();
    for (const name of names) await this.#remove(name);
  }

  async #root(): Promise<Root> {
    return (await readRoot(this.#files)) ?? (await rebuildRoot(this.#files));
  }

  async #write(root: Root): Promise<void> {
    const next = { ...root, sequence: root.sequence + 1 };
    await writeRoot(this.#files, next);
    const live = new Set(liveFiles(next));
    for (const name of live) this.#unnamed.delete(name);
    await this.#collect(live);
  }

  /** Removes what no root names and no living tab is writing. */
  async #collect(live: ReadonlySet<string>): Promise<void> {
    const { owners } = await this.#locks.living();
    for (const name of (await this.#files.list()).keys()) {
      if (isRootName(name) || live.has(name) || this.#unnamed.has(name)) continue;
      const owner = FILE_NAME.exec(name)?.[2];
      if (owner !== undefined && owner !== this.#locks.owner && owners.has(owner)) continue;
      await this.#remove(name);
    }
  }

  async #remove(name: string): Promise<void> {
    try {
      await this.#files.remove(name);
    } catch {
      // Another tab is reading it, say: the next root tries again.
    }
  }
}

/** The root with this one in place of the one of its id. */
export function withSession(root: Root, entry: SessionEntry): Root {
  return { ...root, sessions: [...root.sessions.filter(({ id }) => id !== entry.id), entry] };
}

/** The names of all files that it needs. */
export function liveFiles(root: Root): string[] {
  return root.sessions.flatMap(savesOf).flatMap((save) => filesOf(save).map(({ name }) => name));
}
