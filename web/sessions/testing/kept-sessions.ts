/** For tests: kept machines that do what they are told. */
import { DrydockError } from "../../../contract/errors";
import type { MachineStatus, SessionState } from "../../../contract/protocol";
import type { RestorePoint, SavedSession, SaveRequest, SaveResult } from "../../../contract/sessions";
import {
  NO_MACHINE,
  type Beginning,
  type MachineClient,
  type MachineListener,
  type MachineSnapshot,
} from "../../vm/machine-client";
import { Store } from "../../store";

const refuse = (): Promise<never> => Promise.reject(new DrydockError("bad-request", "nobody keeps anything"));

/** Where nothing is kept, and nobody asks. */
export const NO_SESSIONS: MachineClient["sessions"] = {
  list: refuse,
  save: refuse,
  pagePart: refuse,
  saveAs: refuse,
  rename: refuse,
  drop: refuse,
  export: refuse,
  import: refuse,
  room: refuse,
  points: refuse,
  goBack: refuse,
  dropPoints: refuse,
};

export function savedSession(id: string, change: Partial<SavedSession> = {}): SavedSession {
  return {
    id,
    name: undefined,
    createdAt: 1,
    savedAt: 2,
    bytes: 3_000_000,
    guestId: "guest",
    isOlderGuest: false,
    screen: "root@drydock:~# ",
    place: undefined,
    isDamaged: false,
    isInUse: false,
    ...change,
  };
}

/** A machine that is started, saved and taken back, in memory. */
export class KeptMachine extends Store<MachineSnapshot> {
  readonly log: string[] = [];
  readonly guestUrl = "http://localhost/guest/";
  saved: readonly SavedSession[] = [];
  restorePoints: readonly RestorePoint[] = [];
  failure: DrydockError | undefined;
  isTouched = true;
  readonly #listeners = new Set<MachineListener>();

  constructor() {
    super(NO_MACHINE);
  }

  readonly sessions: MachineClient["sessions"] = {
    ...NO_SESSIONS,
    list: () => this.#answer("list", () => this.saved),
    save: (request) => this.#answer(`save ${request.reason}`, () => this.#save(request)),
    saveAs: (name) => this.#answer(`save as ${name}`, () => this.#save({ reason: "asked" })),
    pagePart: (saveId, { text }) => this.#answer(`part ${saveId} ${text}`, () => undefined),
    rename: (id, name) => this.#answer(`rename ${id} ${name}`, () => undefined),
    drop: (id) =>
      this.#answer(`drop ${id}`, () => {
        this.saved = this.saved.filter((session) => session.id !== id);
      }),
    dropPoints: (id) => this.#answer(`drop points ${id}`, () => undefined),
    export: (id) => this.#answer(`export ${id}`, () => new Blob([id])),
    import: () => this.#answer("import", () => savedSession("imported", { name: "Imported" })),
    room: () =>
      this.#answer("room", () => ({
        sessionBytes: 5,
        usedBytes: 7,
        quotaBytes: 10,
        freeable: [],
      })),
    points: () => this.#answer("points", () => this.restorePoints),
    goBack: (id) => this.#answer(`back to ${id}`, () => undefined),
  };

  open(): Promise<void> {
    this.log.push("open");
    return this.failure === undefined ? Promise.resolve() : Promise.reject(this.failure);
  }
  start(beginning?: Beginning): Promise<void> {
    const what =
      beginning?.kind === "kept" ? `${beginning.id}${beginning.takeOver ? " taken over" : ""}` : "clean";
    this.log.push(`start ${beginning === undefined ? "again" : what}`);
    return Promise.resolve();
  }
  close(): void {
    this.log.push("close");
    this.update({ status: { kind: "idle" } });
  }
  listen(listener: MachineListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  tell(say: (listener: MachineListener) => void): void {
    for (const listener of this.#listeners) say(listener);
  }
  set(status: MachineStatus, session: SessionState = this.getSnapshot().session): void {
    this.update({ status, session });
  }

  #save({ point }: SaveRequest): SaveResult {
    if (point !== undefined) {
      const id = `p${this.restorePoints.length}`;
      this.restorePoints = [{ id, at: 1, place: undefined, ...point }, ...this.restorePoints];
    }
    return { sessionId: "own", pointId: undefined, savedAt: 1, bytes: 2, addedBytes: 1, holdMs: 12 };
  }

  #answer<T>(call: string, answer: () => T): Promise<T> {
    this.log.push(call);
    return this.failure === undefined ? Promise.resolve(answer()) : Promise.reject(this.failure);
  }
}
