/** The contract's group for kept machines: the store of this browser, and the machine that runs now. */
import { z } from "zod";
import { DrydockError, serialiseError, toDrydockError } from "../contract/errors";
import type { Manifest } from "../contract/manifest";
import type { SessionState, StartOptions } from "../contract/protocol";
import {
  type PagePart,
  pagePartSchema,
  type RestorePoint,
  type SavedSession,
  type SaveRequest,
  saveRequestSchema,
  type SaveResult,
  sessionNameSchema,
  type SessionRoom,
  type SessionService,
} from "../contract/sessions";
import { parseManifest } from "./disk/read-manifest";
import type { MachineState } from "./machine/checkpoint/checkpoint";
import type { SessionKeeper } from "./session-keeper";
import type { SessionPorts } from "./session-ports";
import { parse, SessionShelf } from "./session-shelf";
import { type Shipped, stateOf } from "./session-state";
import { savesOf, type SessionEntry } from "./sessions/root";
import type { SaveHead } from "./sessions/save-file";
import { type LoadedSave, type OpenedSave, type SessionStore, totalBytes } from "./sessions/store";

/** What a machine begins with that is to be kept. */
export interface Beginning {
  readonly store: SessionStore;
  readonly session: SaveHead["session"];
  /** Undefined for a clean machine. */
  readonly kept:
    | {
        readonly guestId: string;
        /** @throws DrydockError `bad-save`, `bad-manifest`, `version-mismatch` */
        manifest(): Promise<Manifest>;
        /** The last save or the one before. @throws DrydockError `bad-save`, `version-mismatch` */
        load(): Promise<OpenedSave>;
      }
    | undefined;
}

/** The machine that runs now. */
export interface KeptMachine {
  readonly keeper: SessionKeeper;
  readonly shipped: Shipped;
  readonly savedAt?: number | undefined;
  readonly damage?: DrydockError | undefined;
  /** Moves the machine; `attach` is called with the one that goes on. Throws before anything has changed, or fails it. */
  readonly goBack: (state: MachineState, loaded: LoadedSave, onLeft: () => void) => Promise<void>;
}

export class SessionServices implements SessionService {
  readonly #ports: Pick<SessionPorts, "openSaves" | "fetchManifest" | "emit">;
  readonly #shelf: SessionShelf;
  #running: KeptMachine | undefined;
  #state: SessionState = { kind: "none" };
  #savedAt: number | undefined;
  /** What the session takes. */
  #bytes = 0;
  /** Whether what is saved is there after the tab is gone; known when a machine begins. */
  #lasts = false;
  #release: () => void = () => undefined;
  /** Saves and going back, one at a time. */
  #last: Promise<unknown> = Promise.resolve();
  /** A save that was not asked for by the learner, which others of the kind share. */
  #shared: Promise<SaveResult> | undefined;

  constructor(ports: Pick<SessionPorts, "openSaves" | "fetchManifest" | "emit">) {
    this.#ports = ports;
    this.#shelf = new SessionShelf(ports, () => this.#running?.keeper.session.id);
  }

  /**
   * For the start of a machine.
   * @throws DrydockError `session-in-use`, `no-storage`, `bad-request`
   */
  async begin(choice: StartOptions["session"]): Promise<Beginning | undefined> {
    if (choice === undefined) return undefined;
    const { store, lasts } = await this.#shelf.saves();
    this.#lasts = lasts;
    this.#state = { kind: "none" };
    this.#bytes = 0;
    if (choice === "new") {
      const session = { id: crypto.randomUUID(), createdAt: Date.now() };
      await this.#keep(session.id, false);
      return { store, session, kept: undefined };
    }
    if (!lasts) throw new DrydockError("no-storage", "this browser keeps no machines");
    const id = parse(z.object({ id: z.uuid(), takeOver: z.boolean().optional() }), choice);
    await store.find(id.id);
    if (!(await this.#keep(id.id, id.takeOver === true)))
      throw new DrydockError("session-in-use", "another tab has this session");
    const entry = await store.claim(id.id);
    const { name, createdAt, current } = entry;
    this.#bytes = totalBytes(savesOf(entry));
    return {
      store,
      session: { id: id.id, createdAt, ...(name === undefined ? {} : { name }) },
      kept: {
        guestId: current.guest.id,
        manifest: async () => parseManifest(await store.readGuest(current), current.guest.file.name),
        load: () => store.open(entry),
      },
    };
  }

  /** From now on this is the machine. */
  attach(machine: KeptMachine): void {
    this.#running = machine;
    const { damage, keeper } = machine;
    this.#savedAt = machine.savedAt;
    if (this.#state.kind === "taken") return;
    if (!this.#lasts) this.#tell({ kind: "unavailable" });
    else if (machine.savedAt === undefined) this.#tell({ kind: "unsaved" });
    else
      this.#tell({
        kind: "saved",
        sessionId: keeper.session.id,
        savedAt: machine.savedAt,
        bytes: this.#bytes,
        ...(damage === undefined ? {} : { damage: serialiseError(damage) }),
      });
  }

  /** The machine is gone, or never came to be. */
  end(): void {
    this.#running = undefined;
    this.#release();
    this.#release = () => undefined;
  }

  /** The learner has done something. */
  touched(): void {
    if (this.#state.kind === "saved") this.#tell({ kind: "unsaved", savedAt: this.#state.savedAt });
  }

  /** The manifests of the guests that saves need, for their chunks to stay. @throws DrydockError `bad-save` */
  async guests(): Promise<Manifest[]> {
    const { store } = await this.#shelf.saves();
    return (await store.guests()).map((manifest) => parseManifest(manifest, "a kept guest"));
  }

  async save(request: SaveRequest): Promise<SaveResult> {
    const checked = parse(saveRequestSchema, request);
    if (checked.reason === "asked" || checked.point !== undefined) return this.#save(checked);
    this.#shared ??= this.#save(checked).finally(() => (this.#shared = undefined));
    return this.#shared;
  }

  pagePart(saveId: number, part: PagePart): void {
    const id = parse(z.number().int(), saveId);
    this.#running?.keeper.pagePart(id, parse(pagePartSchema, part));
  }

  async saveAs(name: string): Promise<SaveResult> {
    const session = { id: crypto.randomUUID(), name: parse(sessionNameSchema, name), createdAt: Date.now() };
    this.#machine();
    const before = this.#release;
    await this.#keep(session.id, false);
    try {
      const result = await this.#save({ reason: "asked" }, session);
      before();
      return result;
    } catch (error) {
      this.#release();
      this.#release = before;
      throw error;
    }
  }

  list(guestUrl: string): Promise<readonly SavedSession[]> {
    return this.#shelf.list(guestUrl);
  }

  rename(id: string, name: string): Promise<void> {
    return this.#shelf.rename(id, name);
  }

  drop(id: string): Promise<void> {
    return this.#shelf.drop(id);
  }

  export(id: string): Promise<Blob> {
    return this.#shelf.export(id);
  }

  import(file: Blob): Promise<SavedSession> {
    return this.#shelf.import(file);
  }

  room(): Promise<SessionRoom> {
    return this.#shelf.room();
  }

  async points(): Promise<readonly RestorePoint[]> {
    const { keeper } = this.#machine();
    const { store } = await this.#shelf.saves();
    const entry = await findIfAny(store, keeper.session.id);
    const points = await Promise.all(
      (entry?.points ?? []).map(async ({ id, at, label, kind, save }) => {
        const head = await store.headOf(save);
        return head === undefined ? [] : [{ id, at, label, kind, place: head.place }];
      }),
    );
    return points.flat().reverse();
  }

  async goBack(pointId: string): Promise<void> {
    this.#machine();
    await this.#inTurn(() => this.#goBack(pointId));
  }

  async dropPoints(id: string): Promise<void> {
    const { store } = await this.#shelf.saves();
    await store.dropPoints(parse(z.string(), id));
  }

  async #goBack(pointId: string): Promise<void> {
    const { keeper, shipped, goBack } = this.#machine();
    const { store } = await this.#shelf.saves();
    const entry = await findIfAny(store, keeper.session.id);
    const point = entry?.points.find(({ id }) => id === pointId);
    if (point === undefined) throw new DrydockError("bad-request", `there is no restore point ${pointId}`);
    const loaded = await store.load(point.save);
    const state = stateOf(loaded.body, shipped, store.bank);
    const { place } = loaded.head;
    await goBack(state, loaded, () =>
      this.#ports.emit({ type: "rewound", pointId, ...(place === undefined ? {} : { place }) }),
    );
    // The point may go one day; what the machine reads its disk out of must not.
    if (this.#state.kind !== "taken") await store.returnTo(keeper.session.id, pointId);
  }

  async #save(request: SaveRequest, session?: SaveHead["session"]): Promise<SaveResult> {
    this.#machine();
    return this.#inTurn(() => this.#saveNow(request, session));
  }

  async #saveNow(request: SaveRequest, session?: SaveHead["session"]): Promise<SaveResult> {
    const { keeper } = this.#machine();
    const { lasts } = await this.#shelf.saves();
    if (this.#state.kind === "taken" && session === undefined)
      throw new DrydockError("session-taken", "another tab has taken this session over");
    const savedAt = this.#savedAt === undefined ? {} : { savedAt: this.#savedAt };
    if (lasts) this.#tell({ kind: "saving", ...savedAt });
    try {
      const result = await keeper.save(request, session);
      const { sessionId, bytes } = result;
      this.#savedAt = result.savedAt;
      this.#bytes = bytes;
      if (lasts) this.#tell({ kind: "saved", sessionId, savedAt: result.savedAt, bytes });
      return result;
    } catch (thrown) {
      const error = toDrydockError(thrown);
      if (error.code === "session-taken") this.#tell({ kind: "taken" });
      else if (lasts) this.#tell({ kind: "failed", error: serialiseError(error), ...savedAt });
      throw error;
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Keeps a session for this tab in place of the one that it has; false when another tab has it. */
  async #keep(id: string, takeOver: boolean): Promise<boolean> {
    const { locks } = await this.#shelf.saves();
    const release = await locks.keep(id, takeOver, () => this.#tell({ kind: "taken" }));
    if (release === undefined) return false;
    this.#release = release;
    return true;
  }

  #machine(): KeptMachine {
    if (this.#running === undefined)
      throw new DrydockError("bad-request", "no machine runs that is to be kept");
    return this.#running;
  }

  #tell(session: SessionState): void {
    this.#state = session;
    this.#ports.emit({ type: "session", session });
  }
}

async function findIfAny(store: SessionStore, id: string): Promise<SessionEntry | undefined> {
  return (await store.list()).find(({ entry }) => entry.id === id)?.entry;
}
