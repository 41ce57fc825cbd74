/**
 * "Make everything available offline", as a store: what can be kept, what is, what was chosen, and what is under way.
 * The work is done by a worker that fills the very caches the machine reads.
 */
import { parseError, serialiseError, toDrydockError, type SerialisedError } from "../../contract/errors";
import type { OfflinePlaces, OfflineService, PartId, Survey, Verified } from "../../contract/offline";
import type { Remote } from "../../contract/protocol";
import { Store } from "../store";
import { parseOfflineMemory, type OfflineMemory, type OfflineStorage } from "./offline-memory";
import { sizeOf, withFile } from "./sums";

export type Activity =
  | { readonly kind: "idle" }
  | { readonly kind: "looking" }
  | { readonly kind: "fetching" }
  | { readonly kind: "paused" }
  /** For the network: it goes on by itself. */
  | { readonly kind: "waiting" }
  /** The browser gives no more room. */
  | { readonly kind: "full" }
  | { readonly kind: "failed"; readonly error: SerialisedError }
  | { readonly kind: "verifying"; readonly checked: number }
  | { readonly kind: "freeing" };

/** What the browser has answered to the wish that it shall not remove anything by itself. */
type Persistence = "unasked" | "granted" | "denied" | "unsupported";

export interface OfflineSnapshot {
  readonly survey: Survey | undefined;
  readonly wanted: ReadonlySet<PartId>;
  readonly activity: Activity;
  /** Of the last look at the bytes. */
  readonly verified: Verified | undefined;
  readonly persistence: Persistence;
  /** In bytes, as the browser estimates it; undefined where it does not. */
  readonly room: { readonly used: number; readonly quota: number } | undefined;
  /** Bytes that were here and that the browser has removed. */
  readonly lost: number;
  /** Bytes of what the machine has just fetched and the browser had no room for. */
  readonly unkept: number;
}

export interface BrowserStorage {
  /** Asks the browser to keep what is here; undefined where it cannot be asked. */
  persist(): Promise<boolean | undefined>;
  persisted(): Promise<boolean | undefined>;
  estimate(): Promise<{ readonly used: number; readonly quota: number } | undefined>;
}

/** A worker that was made for this. */
export interface OfflineLink {
  readonly service: Pick<Remote<OfflineService>, keyof OfflineService>;
  end(): void;
}

export interface OfflinePorts {
  connect(): OfflineLink;
  readonly places: OfflinePlaces;
  readonly storage: OfflineStorage;
  readonly browser: BrowserStorage;
  /** Whether the browser says so. */
  isOnline(): boolean;
}

export class OfflineStore extends Store<OfflineSnapshot> {
  readonly #ports: OfflinePorts;
  #link: OfflineLink | undefined;
  #memory: OfflineMemory = parseOfflineMemory(undefined);

  constructor(ports: OfflinePorts) {
    super({
      survey: undefined,
      wanted: new Set(),
      activity: { kind: "idle" },
      verified: undefined,
      persistence: "unasked",
      room: undefined,
      lost: 0,
      unkept: 0,
    });
    this.#ports = ports;
  }

  /**
   * Once the machine is up and nothing is more urgent: goes on with what was under way, has a new release's files follow
   * the choice, and sees whether what was here still is. Never rejects.
   */
  async resume(): Promise<void> {
    await this.#recall();
    const { wanted, running, release } = this.#memory;
    if (!running) await this.#lookBehindMachine();
    const isNew = release !== undefined && release !== this.#memory.release;
    if (running || (isNew && wanted.length > 0)) await this.start();
    // Few ever ask for more: the worker's memory is given back.
    if (!this.#isBusy()) this.#hangUp();
  }

  /** Looks at what there is, and tells what is no longer. Never rejects. */
  async look(): Promise<void> {
    if (this.#isBusy()) return;
    const { activity } = this.getSnapshot();
    await this.#recall();
    this.update({ activity: { kind: "looking" } });
    await this.#ask(async () => {
      const { whole, release } = this.#memory;
      const survey = await this.#survey();
      if (release === survey.release) {
        const { bytes, kept } = sizeOf(survey, whole);
        this.update({ lost: bytes - kept });
      }
      const goesOn = ["paused", "waiting", "full"].includes(activity.kind);
      this.update({ activity: goesOn ? activity : { kind: "idle" } });
    });
  }

  /** Chooses a part, or no longer. What is kept of it stays. */
  choose(part: PartId, chosen: boolean): void {
    const wanted = new Set(this.getSnapshot().wanted);
    if (chosen) wanted.add(part);
    else wanted.delete(part);
    this.update({ wanted });
    void this.#remember({ wanted: [...wanted] });
  }

  /** Fetches what is missing of what was chosen. Resolves when it is over, whatever came of it. Never rejects. */
  async start(): Promise<void> {
    if (this.#isBusy()) return;
    this.update({ activity: { kind: "fetching" }, verified: undefined });
    await this.#remember({ running: true });
    await this.#ask(async () => {
      await this.#persist();
      const service = await this.#surveyed();
      const onFile = (file: number): void => {
        const { survey } = this.getSnapshot();
        if (survey !== undefined) this.update({ survey: withFile(survey, file) });
      };
      const { wanted } = this.getSnapshot();
      const end = await service.fetch([...wanted], this.#listen(onFile));
      await this.#survey();
      if (end.kind === "failed") throw parseError(end.error);
      await this.#remember({ running: false });
      const ends = { stopped: "paused", full: "full", done: "idle" } as const;
      this.update({ activity: { kind: ends[end.kind] }, lost: 0 });
    });
  }

  /** Stops the fetch; `start` goes on from there. Never rejects. */
  async pause(): Promise<void> {
    const { activity } = this.getSnapshot();
    if (activity.kind === "waiting") {
      await this.#remember({ running: false });
      this.update({ activity: { kind: "paused" } });
    }
    // Its end comes as the fetch's answer.
    if (activity.kind === "fetching") await this.#ask(async () => this.#link?.service.stop());
  }

  /** Goes on when the network is back. */
  resumeOnline(): void {
    if (this.getSnapshot().activity.kind === "waiting") void this.start();
  }

  /** Hashes everything that is here, and drops what is wrong. Never rejects. */
  async verify(): Promise<void> {
    const { survey } = this.getSnapshot();
    if (survey === undefined || this.#isBusy()) return;
    let checked = 0;
    this.update({ activity: { kind: "verifying", checked }, verified: undefined });
    await this.#ask(async () => {
      const service = await this.#surveyed();
      const parts = survey.parts.map(({ id }) => id);
      const done = this.#listen(() => this.update({ activity: { kind: "verifying", checked: ++checked } }));
      const verified = await service.verify(parts, done);
      await this.#survey();
      this.update({ activity: { kind: "idle" }, verified });
    });
  }

  /** Gives a part's room back, and chooses it no more. Never rejects. */
  async free(part: PartId): Promise<void> {
    if (this.#isBusy()) return;
    this.choose(part, false);
    this.update({ activity: { kind: "freeing" }, verified: undefined });
    await this.#ask(async () => {
      const service = await this.#surveyed();
      await service.free([part], [...this.getSnapshot().wanted]);
      await this.#survey();
      this.update({ activity: { kind: "idle" } });
    });
  }

  /** What is not here was seen. */
  dismissLoss(): void {
    this.update({ lost: 0, unkept: 0 });
  }

  /** The machine has fetched all that it fetches by itself: what is not here now found no room. */
  async #lookBehindMachine(): Promise<void> {
    await this.look();
    const { survey } = this.getSnapshot();
    if (survey === undefined) return;
    const { bytes, kept } = sizeOf(survey, ["machine", "commands"]);
    this.update({ unkept: bytes - kept });
  }

  #isBusy(): boolean {
    return ["looking", "fetching", "verifying", "freeing"].includes(this.getSnapshot().activity.kind);
  }

  /** One thing after another with the worker; a failure becomes the activity. */
  async #ask(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (thrown) {
      const error = toDrydockError(thrown);
      const waits = error.code === "network" && this.#memory.running && !this.#ports.isOnline();
      this.update({
        activity: waits ? { kind: "waiting" } : { kind: "failed", error: serialiseError(error) },
      });
    }
  }

  async #survey(): Promise<Survey> {
    this.#link ??= this.#ports.connect();
    const survey = await this.#link.service.survey(this.#ports.places);
    const isWhole = ({ id }: Survey["parts"][number]): boolean => {
      const { bytes, kept } = sizeOf(survey, [id]);
      return bytes === kept;
    };
    const whole = survey.parts.filter(isWhole).map(({ id }) => id);
    await this.#remember({ whole, release: survey.release });
    const { browser } = this.#ports;
    const [room, persisted] = await Promise.all([browser.estimate(), browser.persisted()]);
    this.update({ survey, room });
    if (persisted === true) this.update({ persistence: "granted" });
    return survey;
  }

  async #persist(): Promise<void> {
    if (this.getSnapshot().persistence === "granted") return;
    const answer = await this.#ports.browser.persist();
    this.update({ persistence: answer === undefined ? "unsupported" : answer ? "granted" : "denied" });
  }

  #listen(onFile: (file: number) => void): MessagePort {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== "object" || data === null || !("file" in data)) return;
      const { activity } = this.getSnapshot();
      // One that comes after the answer tells nothing new.
      if (typeof data.file === "number" && ["fetching", "verifying"].includes(activity.kind))
        onFile(data.file);
    };
    return port2;
  }

  /** The worker, when it knows what there is. */
  async #surveyed(): Promise<OfflineLink["service"]> {
    if (this.#link === undefined || this.getSnapshot().survey === undefined) await this.#survey();
    if (this.#link === undefined) throw new Error("the survey has a worker");
    return this.#link.service;
  }

  #hangUp(): void {
    this.#link?.end();
    this.#link = undefined;
  }

  async #recall(): Promise<void> {
    try {
      this.#memory = parseOfflineMemory(await this.#ports.storage.read());
      this.update({ wanted: new Set(this.#memory.wanted) });
    } catch {
      // Private windows refuse: the choice holds for this visit.
    }
  }

  async #remember(change: Partial<OfflineMemory>): Promise<void> {
    this.#memory = { ...this.#memory, ...change };
    try {
      await this.#ports.storage.write(this.#memory);
    } catch {
      // As above.
    }
  }
}
