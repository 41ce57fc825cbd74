/** All machines that are kept in this browser: their names, sizes and files, and the room that they take. */
import { serialiseError, type SerialisedError } from "../../contract/errors";
import { sessionNameSchema, type SavedSession, type SessionRoom } from "../../contract/sessions";
import { Store } from "../store";
import type { MachineClient } from "../vm/machine-client";
import type { Persistence } from "./page-door";
import type { Saver } from "./saver";

export type ShelfMachine = Pick<MachineClient, "getSnapshot" | "subscribe" | "sessions" | "guestUrl">;

export type ShelfWork = "save-as" | "rename" | "drop" | "export" | "import" | "drop-points";

export interface ShelfSnapshot {
  /** The last saved first; undefined before the first look. */
  readonly saved: readonly SavedSession[] | undefined;
  readonly room: SessionRoom | undefined;
  readonly busy: ShelfWork | undefined;
  readonly failure: { readonly work: ShelfWork | "look"; readonly error: SerialisedError } | undefined;
  /** What was taken in last. */
  readonly imported: SavedSession | undefined;
  /** Whether the browser keeps this when it is short of room; undefined while it is not known, or cannot be. */
  readonly isPersistent: boolean | undefined;
}

/** Machines without a name that stay. With each restart there is another one. */
export const NAMELESS_KEPT = 5;

export class ShelfStore extends Store<ShelfSnapshot> {
  readonly #machine: ShelfMachine;
  readonly #saver: Pick<Saver, "roomWasMade">;
  readonly #persistence: Persistence;
  /** The running machine's session, once it has one. */
  #own: string | undefined;
  #hasAsked = false;

  constructor(machine: ShelfMachine, saver: Pick<Saver, "roomWasMade">, persistence: Persistence) {
    super({
      saved: undefined,
      room: undefined,
      busy: undefined,
      failure: undefined,
      imported: undefined,
      isPersistent: undefined,
    });
    this.#machine = machine;
    this.#saver = saver;
    this.#persistence = persistence;
    machine.subscribe(() => this.#follow());
  }

  /** The running machine's session; undefined before its first save. */
  get own(): string | undefined {
    return this.#own;
  }

  /** Looks at what there is. Never rejects. */
  async look(): Promise<void> {
    try {
      const isPersistent = await this.#persistence.isGranted();
      const saved = await this.#machine.sessions.list(this.#machine.guestUrl);
      this.update({ saved, isPersistent, room: await this.#machine.sessions.room() });
    } catch (error) {
      const { saved } = this.getSnapshot();
      this.update({ saved: saved ?? [], failure: { work: "look", error: serialiseError(error) } });
    }
  }

  /** The running machine as a session of its own, under a name. */
  async saveAs(name: string): Promise<boolean> {
    return this.#work("save-as", async () => {
      await this.#machine.sessions.saveAs(name);
      this.askOnceForPersistence();
    });
  }

  async rename(id: string, name: string): Promise<boolean> {
    return this.#work("rename", () => this.#machine.sessions.rename(id, name));
  }

  async drop(id: string): Promise<boolean> {
    return this.#work("drop", async () => {
      await this.#machine.sessions.drop(id);
      this.#saver.roomWasMade();
    });
  }

  async dropPoints(id: string): Promise<boolean> {
    return this.#work("drop-points", async () => {
      await this.#machine.sessions.dropPoints(id);
      this.#saver.roomWasMade();
    });
  }

  /** The file of a session; undefined when it could not be made. */
  async export(id: string): Promise<Blob | undefined> {
    let file: Blob | undefined;
    await this.#work("export", async () => {
      file = await this.#machine.sessions.export(id);
    });
    return file;
  }

  async import(file: Blob): Promise<boolean> {
    return this.#work("import", async () => {
      this.update({ imported: await this.#machine.sessions.import(file) });
    });
  }

  dismissFailure(): void {
    this.update({ failure: undefined });
  }

  /** Asks the browser not to throw away what is kept: once a visit by itself, when somebody saves. */
  askOnceForPersistence(): void {
    if (this.#hasAsked) return;
    void this.askForPersistence();
  }

  /** Asks the browser not to throw away what is kept. Never rejects. */
  async askForPersistence(): Promise<void> {
    this.#hasAsked = true;
    try {
      const granted = (await this.#persistence.isGranted()) ?? false;
      this.update({ isPersistent: granted || (await this.#persistence.ask()) });
    } catch {
      // A browser without the question: it does as it likes.
    }
  }

  async #work(work: ShelfWork, run: () => Promise<void>): Promise<boolean> {
    this.update({ busy: work, failure: undefined, imported: undefined });
    try {
      await run();
      return true;
    } catch (error) {
      this.update({ failure: { work, error: serialiseError(error) } });
      return false;
    } finally {
      await this.look();
      this.update({ busy: undefined });
    }
  }

  #follow(): void {
    const { session } = this.#machine.getSnapshot();
    if (session.kind === "none") this.#own = undefined;
    if (session.kind !== "saved" || session.sessionId === this.#own) return;
    this.#own = session.sessionId;
    void this.#dropOldNameless();
  }

  /** The oldest machines that nobody has named make room for the one that was just saved for the first time. */
  async #dropOldNameless(): Promise<void> {
    try {
      const saved = await this.#machine.sessions.list(this.#machine.guestUrl);
      const nameless = saved.filter(({ id, name }) => name === undefined && id !== this.#own);
      for (const { id, isInUse } of nameless.slice(NAMELESS_KEPT - 1)) {
        if (!isInUse) await this.#machine.sessions.drop(id);
      }
    } catch {
      // Another tab may have been faster; the next machine tries again.
    }
  }
}

/** A name as it is kept; undefined when the text can be none. */
export function readName(text: string): string | undefined {
  return sessionNameSchema.safeParse(text).data;
}
