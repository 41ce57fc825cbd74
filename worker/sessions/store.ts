/**
 * All kept sessions. Files are written first and named by the root afterwards; what no root names is dropped once the
 * new root is safe. A tab that is killed at any moment leaves the root of before, and files that the next one removes.
 */
import { DrydockError } from "../../contract/errors";
import { MAX_POINTS } from "../../contract/sessions";
import { BlockBank, type StoredFile } from "./bank";
import { BlockWriter } from "./block-writer";
import type { SaveFiles, SaveLocks } from "./files";
import { decodeJson, encodeJson } from "./json";
import { Ledger, liveFiles, withSession } from "./ledger";
import { filesOf, type Root, type SaveEntry, savesOf, type SessionEntry } from "./root";
import { encodeSave, packsOf, readHead, readSave, type SaveBody, type SaveHead } from "./save-file";
import { seal, unseal } from "./sealed";
import { z } from "zod";

export interface StoredSession {
  readonly entry: SessionEntry;
  /** Undefined when the last save is damaged, as far as a look at its head and its files' lengths tells. */
  readonly head: SaveHead | undefined;
  readonly bytes: number;
}

/** A save that has been read and found whole. */
export interface LoadedSave {
  readonly entry: SaveEntry;
  readonly head: SaveHead;
  readonly body: SaveBody;
}

/** The save of a session that opened: the one before, when the last one was damaged. */
export interface OpenedSave extends LoadedSave {
  readonly damage?: DrydockError;
}

/** What is written as one save. */
export interface NewSave {
  readonly session: SaveHead["session"];
  readonly savedAt: number;
  readonly guest: { readonly id: string; readonly manifest: unknown };
  readonly text: string;
  readonly place: string | undefined;
  readonly body: SaveBody;
}

/** A save that is to be a restore point besides. */
export interface NewPoint {
  readonly id: string;
  readonly label: string;
  readonly kind: string;
}

export class SessionStore {
  readonly bank: BlockBank;
  readonly ledger: Ledger;
  readonly #files: SaveFiles;
  readonly #locks: SaveLocks;

  constructor(files: SaveFiles, locks: SaveLocks) {
    this.#files = files;
    this.#locks = locks;
    this.bank = new BlockBank(files);
    this.ledger = new Ledger(files, locks);
  }

  /** The last saved first. */
  async list(): Promise<StoredSession[]> {
    return this.ledger.read(async ({ sessions }) => {
      const all = await this.#files.list();
      const stored = await Promise.all(
        sessions.map(async (entry) => ({
          entry,
          head: await this.#headIfWhole(entry.current, all),
          bytes: totalBytes(savesOf(entry)),
        })),
      );
      return stored.sort((a, b) => b.entry.current.savedAt - a.entry.current.savedAt);
    });
  }

  /** @throws DrydockError `bad-request` if there is none */
  async find(id: string): Promise<SessionEntry> {
    return this.ledger.read((root) => findIn(root, id));
  }

  /** What a save says of itself; undefined when that cannot be read. */
  async headOf(save: SaveEntry): Promise<SaveHead | undefined> {
    return this.#headIfWhole(save, await this.#files.list());
  }

  /** Makes a session this tab's: another that had it writes to it no more. @throws as `find`, `no-room` */
  async claim(id: string): Promise<SessionEntry> {
    return this.ledger.change((root) => {
      const entry = { ...findIn(root, id), owner: this.#locks.owner };
      return { root: withSession(root, entry), result: entry };
    });
  }

  /**
   * The last save of a session, or the one before when that is damaged, which becomes the last.
   * @throws DrydockError `bad-save` when neither is whole, `version-mismatch`
   */
  async open(entry: SessionEntry): Promise<OpenedSave> {
    try {
      return await this.load(entry.current);
    } catch (error) {
      const { previous } = entry;
      if (!(error instanceof DrydockError) || error.code !== "bad-save" || previous === undefined)
        throw error;
      const loaded = await this.load(previous);
      await this.ledger.change((root) => {
        const { previous: _dropped, ...rest } = this.#own(root, entry.id);
        return { root: withSession(root, { ...rest, current: previous }), result: undefined };
      });
      return { ...loaded, damage: error };
    }
  }

  /** Reads a save and looks at every byte that it needs. @throws DrydockError `bad-save`, `version-mismatch` */
  async load(entry: SaveEntry): Promise<LoadedSave> {
    const save = await readSave(this.#files, entry.file, this.bank);
    for (const pack of entry.packs) await (await this.bank.open(pack)).verify();
    return { entry, ...save };
  }

  /** What a save was made of besides itself: the manifest of its guest, not validated. @throws DrydockError `bad-save` */
  async readGuest({ guest: { file } }: SaveEntry): Promise<unknown> {
    return decodeJson(z.unknown(), await unseal("GUES", await this.#files.read(file.name, 0, file.bytes)));
  }

  /** The manifests of all guests that some save needs. @throws DrydockError `bad-save` */
  async guests(): Promise<unknown[]> {
    return this.ledger.read(async ({ sessions }) => {
      const saves = new Map(sessions.flatMap(savesOf).map((save) => [save.guest.id, save]));
      return Promise.all([...saves.values()].map((save) => this.readGuest(save)));
    });
  }

  /**
   * Takes the blocks of a new save.
   * @param sparse packs whose blocks are written anew, so that the packs can go
   */
  async beginBlocks(sparse: ReadonlySet<string>): Promise<BlockWriter> {
    const { sessions } = await this.ledger.read((root) => root);
    const packs = sessions.flatMap(savesOf).flatMap((save) => save.packs);
    const dense = new Map(packs.filter(({ name }) => !sparse.has(name)).map((pack) => [pack.name, pack]));
    const index = await this.bank.index(await this.#readable([...dense.values()]));
    return new BlockWriter({
      files: this.#files,
      bank: this.bank,
      index,
      newName: () => this.ledger.newName("pack"),
    });
  }

  /** Writes the save's own file, when its blocks are safe. No root names it yet. @throws DrydockError `no-room` */
  async write(save: NewSave): Promise<SaveEntry> {
    const { session, savedAt, text, place, body } = save;
    const packs = packsOf(body, this.bank);
    const guest = { id: save.guest.id, file: await this.#keepGuest(save.guest) };
    const named = place === undefined ? {} : { place };
    const bytes = await encodeSave({ session, savedAt, guest, packs, text, ...named }, body, this.bank);
    return { savedAt, file: await this.#writeFile("save", bytes), packs, guest };
  }

  /**
   * Makes a written save the last one of its session, which comes to be if there is none. False when something that it
   * shares with another session went with that one meanwhile: then it must be written again.
   * @throws DrydockError `session-taken`, `no-room`
   */
  async commit(session: SaveHead["session"], save: SaveEntry, point?: NewPoint): Promise<boolean> {
    return this.ledger.change((root) => {
      const known = root.sessions.find(({ id }) => id === session.id);
      const before = known === undefined ? undefined : this.#own(root, session.id);
      const live = new Set(liveFiles(root));
      if (!filesOf(save).every(({ name }) => live.has(name) || this.ledger.isUnnamed(name)))
        return { root: undefined, result: false };
      const points = [...(before?.points ?? [])];
      if (point !== undefined) points.push({ ...point, at: save.savedAt, save });
      const entry: SessionEntry = {
        ...(before ?? { ...session, owner: this.#locks.owner }),
        current: save,
        ...(before === undefined ? {} : { previous: before.current }),
        points: points.slice(-MAX_POINTS),
      };
      return { root: withSession(root, entry), result: true };
    });
  }

  /** A session's last save is now one of its points'. @throws DrydockError `session-taken`, `bad-request` */
  async returnTo(id: string, pointId: string): Promise<void> {
    await this.ledger.change((root) => {
      const entry = this.#own(root, id);
      const point = entry.points.find((each) => each.id === pointId);
      if (point === undefined) throw new DrydockError("bad-request", `there is no restore point ${pointId}`);
      return {
        root: withSession(root, { ...entry, current: point.save, previous: entry.current }),
        result: undefined,
      };
    });
  }

  async rename(id: string, name: string): Promise<void> {
    await this.ledger.change((root) => ({
      root: withSession(root, { ...findIn(root, id), name }),
      result: undefined,
    }));
  }

  async dropPoints(id: string): Promise<void> {
    await this.ledger.change((root) => ({
      root: withSession(root, { ...findIn(root, id), points: [] }),
      result: undefined,
    }));
  }

  async drop(id: string): Promise<void> {
    await this.ledger.change((root) => {
      findIn(root, id);
      return {
        root: { ...root, sessions: root.sessions.filter((each) => each.id !== id) },
        result: undefined,
      };
    });
  }

  async #headIfWhole(save: SaveEntry, all: ReadonlyMap<string, number>): Promise<SaveHead | undefined> {
    if (!filesOf(save).every(({ name, bytes }) => all.get(name) === bytes)) return undefined;
    try {
      return await readHead(this.#files, save.file);
    } catch {
      // The list says that it is damaged; whoever opens it hears how.
      return undefined;
    }
  }

  /** Those packs whose index can be read: with a damaged one, nothing more is shared. */
  async #readable(packs: readonly StoredFile[]): Promise<StoredFile[]> {
    const readable: StoredFile[] = [];
    for (const pack of packs) {
      try {
        await this.bank.open(pack);
        readable.push(pack);
      } catch {
        // Told when the save that needs it is opened.
      }
    }
    return readable;
  }

  async #keepGuest({ id, manifest }: NewSave["guest"]): Promise<StoredFile> {
    const { sessions } = await this.ledger.read((root) => root);
    const known = sessions.flatMap(savesOf).find((save) => save.guest.id === id);
    return known?.guest.file ?? this.#writeFile("guest", await seal("GUES", encodeJson(manifest)));
  }

  async #writeFile(kind: "save" | "guest", bytes: Uint8Array): Promise<StoredFile> {
    const name = this.ledger.newName(kind);
    const file = await this.#files.create(name);
    try {
      await file.write(bytes);
      await file.finish();
    } catch (error) {
      await file.abandon();
      throw error;
    }
    return { name, bytes: bytes.byteLength };
  }

  /** @throws DrydockError `session-taken`, `bad-request` */
  #own(root: Root, id: string): SessionEntry {
    const entry = findIn(root, id);
    if (entry.owner !== this.#locks.owner)
      throw new DrydockError("session-taken", "another tab has taken this session over");
    return entry;
  }
}

function findIn(root: Root, id: string): SessionEntry {
  const entry = root.sessions.find((each) => each.id === id);
  if (entry === undefined) throw new DrydockError("bad-request", `there is no session ${id}`);
  return entry;
}

/** What these saves take, each file once. */
export function totalBytes(saves: readonly SaveEntry[]): number {
  const files = new Map(saves.flatMap(filesOf).map(({ name, bytes }) => [name, bytes]));
  return [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
}
