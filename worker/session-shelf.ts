/** What is kept in this browser, whatever machine runs: the part of the contract's group that needs none. */
import { z } from "zod";
import { DrydockError, messageOf } from "../contract/errors";
import { type Freeable, type SavedSession, sessionNameSchema, type SessionRoom } from "../contract/sessions";
import { parseManifest } from "./disk/read-manifest";
import type { SessionPorts } from "./session-ports";
import type { SaveFiles, SaveLocks } from "./sessions/files";
import { lonelyLocks, MemoryFiles } from "./sessions/memory-files";
import { filesOf, type SaveEntry, savesOf } from "./sessions/root";
import { SessionStore, type StoredSession, totalBytes } from "./sessions/store";
import { exportSession, importSession } from "./sessions/transfer";

export interface Saves {
  readonly files: SaveFiles;
  readonly locks: SaveLocks;
  readonly store: SessionStore;
  /** It is there after the tab is gone. */
  readonly lasts: boolean;
}

export class SessionShelf {
  readonly #ports: Pick<SessionPorts, "openSaves" | "fetchManifest">;
  /** The session of the machine that runs here. */
  readonly #own: () => string | undefined;
  #opening: Promise<Saves> | undefined;

  constructor(ports: Pick<SessionPorts, "openSaves" | "fetchManifest">, own: () => string | undefined) {
    this.#ports = ports;
    this.#own = own;
  }

  /** Opened when they are first needed. */
  saves(): Promise<Saves> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** @throws DrydockError `no-storage` where nothing lasts */
  async lasting(): Promise<Saves> {
    const saves = await this.saves();
    if (!saves.lasts) throw new DrydockError("no-storage", "this browser keeps no machines");
    return saves;
  }

  async list(guestUrl: string): Promise<readonly SavedSession[]> {
    const { store, lasts } = await this.saves();
    if (!lasts) return [];
    const url = parse(z.url(), guestUrl);
    const sessions = await store.list();
    // The page asks before it starts anything: a first visit does not wait for a manifest that nothing is held against.
    if (sessions.length === 0) return [];
    const [own, inUse] = await Promise.all([this.#guestId(url), this.#inUse()]);
    return sessions.map((session) => describe(session, own, inUse));
  }

  async rename(id: string, name: string): Promise<void> {
    const { store } = await this.lasting();
    await store.rename(parse(z.string(), id), parse(sessionNameSchema, name));
  }

  async drop(id: string): Promise<void> {
    const { store, locks } = await this.lasting();
    const { sessions } = await locks.living();
    // Its own, too: the machine reads the disk out of it.
    if (sessions.has(parse(z.string(), id)))
      throw new DrydockError("session-in-use", "this session is open in a tab");
    await store.drop(id);
  }

  async export(id: string): Promise<Blob> {
    const { store, files } = await this.lasting();
    return exportSession(store, files, await store.find(parse(z.string(), id)));
  }

  async import(file: Blob): Promise<SavedSession> {
    const { store, files, locks } = await this.lasting();
    const blob = parse(z.instanceof(Blob), file);
    const entry = await importSession(store, files, locks, blob, (manifest) => {
      parseManifest(manifest, "the file of a session");
    });
    const session = (await store.list()).find((each) => each.entry.id === entry.id);
    if (session === undefined)
      throw new DrydockError("internal", "the session that was taken in is not there");
    return describe(session, undefined, new Set());
  }

  async room(): Promise<SessionRoom> {
    const { store, files } = await this.saves();
    const [sessions, room, inUse] = await Promise.all([store.list(), files.room(), this.#inUse()]);
    const entries = sessions.map(({ entry }) => entry);
    const sessionBytes = totalBytes(entries.flatMap(savesOf));
    const own = this.#own();
    const freeable = entries.flatMap((entry): Freeable[] => {
      const others = entries.filter((each) => each !== entry).flatMap(savesOf);
      const { id, name, current, previous, points } = entry;
      const lasting = [...others, current, ...(previous === undefined ? [] : [previous])];
      const freedPoints = bytesOnlyOf(
        points.map((point) => point.save),
        lasting,
      );
      return [
        ...(inUse.has(id) || id === own
          ? []
          : [{ what: "session" as const, id, name, bytes: bytesOnlyOf(savesOf(entry), others) }]),
        ...(freedPoints > 0 ? [{ what: "points" as const, id, bytes: freedPoints }] : []),
      ];
    });
    return { sessionBytes, usedBytes: room?.usedBytes, quotaBytes: room?.quotaBytes, freeable };
  }

  async #open(): Promise<Saves> {
    const opened = await this.#ports.openSaves();
    const { files, locks } = opened ?? { files: new MemoryFiles(), locks: lonelyLocks() };
    return { files, locks, store: new SessionStore(files, locks), lasts: opened !== undefined };
  }

  async #inUse(): Promise<ReadonlySet<string>> {
    const { locks } = await this.saves();
    const own = this.#own();
    return new Set([...(await locks.living()).sessions].filter((id) => id !== own));
  }

  /** The id of the page's own guest; undefined when it cannot be had now, and then no session is an older one's. */
  async #guestId(guestUrl: string): Promise<string | undefined> {
    try {
      return (await this.#ports.fetchManifest(guestUrl, new AbortController().signal)).id;
    } catch {
      return undefined;
    }
  }
}

function describe(
  { entry, head, bytes }: StoredSession,
  ownGuest: string | undefined,
  inUse: ReadonlySet<string>,
): SavedSession {
  const { id, name, createdAt, current } = entry;
  return {
    id,
    name,
    createdAt,
    savedAt: current.savedAt,
    bytes,
    guestId: current.guest.id,
    isOlderGuest: ownGuest !== undefined && current.guest.id !== ownGuest,
    screen: head?.text ?? "",
    place: head?.place,
    isDamaged: head === undefined,
    isInUse: inUse.has(id),
  };
}

/** What becomes free when these saves go and those stay. */
function bytesOnlyOf(saves: readonly SaveEntry[], staying: readonly SaveEntry[]): number {
  const needed = new Set(staying.flatMap(filesOf).map(({ name }) => name));
  const files = new Map(saves.flatMap(filesOf).map(({ name, bytes }) => [name, bytes]));
  return [...files].reduce((sum, [name, bytes]) => (needed.has(name) ? sum : sum + bytes), 0);
}

/** @throws DrydockError `bad-request` */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new DrydockError("bad-request", messageOf(parsed.error));
  return parsed.data;
}
