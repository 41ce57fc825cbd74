/**
 * Keeps one running machine in the store. A save copies what has changed while the guest stands still; hashing,
 * compressing and writing come afterwards, beside the guest. What is written is what differs from the shipped guest, and
 * of that only what the store does not have.
 */
import { BLOCK_BYTES, type Manifest } from "../contract/manifest";
import { PAGE_PART_MS, type PagePart, type SaveRequest, type SaveResult } from "../contract/sessions";
import type { FrozenBlocks } from "./disk/overlay";
import { takeState, type StillMachine, type TakenState } from "./machine/checkpoint/checkpoint";
import type { Fingerprints } from "./machine/checkpoint/fingerprints";
import type { MemoryImage } from "./machine/checkpoint/memory-image";
import { type BlockRef, ZERO_REF } from "./sessions/bank";
import type { SaveBody, SavedPage, SaveHead } from "./sessions/save-file";
import { type LoadedSave, type SessionStore, totalBytes } from "./sessions/store";
import { fingerprintsOf } from "./session-state";
import { filesOf, savesOf } from "./sessions/root";

export interface KeeperOptions {
  readonly store: SessionStore;
  readonly machine: StillMachine & { readonly base: Pick<MemoryImage, "fingerprints"> };
  /** Of its guest. */
  readonly manifest: Pick<Manifest, "id">;
  readonly session: SaveHead["session"];
  /** The save that the machine goes on from. */
  readonly loaded?: LoadedSave | undefined;
  /** Says that a save is made of this moment; the page is to answer by `pagePart`. */
  readonly onMark: (saveId: number) => void;
}

/** What the last save has, from which the next one differs. */
interface Last {
  readonly fingerprints: Fingerprints;
  readonly ram: ReadonlyMap<number, SavedPage>;
  readonly disk: ReadonlyMap<number, BlockRef>;
  /** Undefined as long as the overlay has nothing of it. */
  readonly blocks: FrozenBlocks | undefined;
}

/** A pack of which a save needs less than this part is not needed by it any more: what it needs is written anew. */
const SPARSE = 1 / 4;
/** How often a save is written anew because another tab dropped something that it shares. */
const ATTEMPTS = 3;
const EMPTY_PART: PagePart = { terminals: [], text: "", place: "" };

export class SessionKeeper {
  readonly #options: KeeperOptions;
  #session: SaveHead["session"];
  #last: Last;
  #part: PagePart = EMPTY_PART;
  #saveId = 0;
  #awaited: { readonly id: number; readonly take: (part: PagePart) => void } | undefined;

  constructor(options: KeeperOptions) {
    const { machine, loaded, session } = options;
    this.#options = options;
    this.#session = session;
    const { fingerprints } = machine.base;
    this.#last =
      loaded === undefined
        ? { fingerprints, ram: new Map(), disk: new Map(), blocks: undefined }
        : {
            fingerprints: fingerprintsOf(loaded.body, fingerprints),
            ram: loaded.body.ram,
            disk: loaded.body.disk,
            blocks: undefined,
          };
    if (loaded !== undefined) {
      const { head, body } = loaded;
      this.#part = { terminals: body.terminals, text: head.text, place: head.place ?? "" };
    }
  }

  get session(): SaveHead["session"] {
    return this.#session;
  }

  /** The page's part of the save that it was told of. One that comes too late counts for the next. */
  pagePart(saveId: number, part: PagePart): void {
    this.#part = part;
    if (this.#awaited?.id === saveId) this.#awaited.take(part);
  }

  /**
   * Saves the machine, into another session from now on if one is named. One at a time.
   * @throws DrydockError `no-room`, `session-taken`; the save before stands then
   */
  async save({ point }: SaveRequest, session: SaveHead["session"] = this.#session): Promise<SaveResult> {
    const { store, machine } = this.#options;
    let part: Promise<PagePart> | undefined;
    const known = [machine.base.fingerprints, this.#last.fingerprints];
    const taken = await takeState(machine, known, () => {
      part = this.#askPage();
    });
    const savedAt = Date.now();
    const pointId = point === undefined ? undefined : crypto.randomUUID();
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const { ram, disk } = await this.#writeBlocks(taken);
        const { terminals, text, place } = (await part) ?? this.#part;
        const body: SaveBody = { thinState: taken.thinState, ram, disk, terminals };
        const entry = await store.write({
          session,
          savedAt,
          guest: { id: this.#options.manifest.id, manifest: this.#options.manifest },
          text,
          place: place === "" ? undefined : place,
          body,
        });
        const named =
          point === undefined || pointId === undefined
            ? undefined
            : { id: pointId, label: point.label, kind: point.kind };
        const addedBytes = store.ledger.bytesOfUnnamed(filesOf(entry));
        if (!(await store.commit(session, entry, named))) {
          await store.ledger.giveUp();
          continue;
        }
        this.#session = session;
        this.#last.blocks?.release();
        this.#last = { fingerprints: taken.fingerprints, ram, disk, blocks: taken.blocks };
        const bytes = totalBytes(savesOf(await store.find(session.id)));
        return { sessionId: session.id, pointId, savedAt, bytes, addedBytes, holdMs: taken.holdMs };
      }
      throw new Error("what the save shares with other sessions keeps going with them");
    } catch (error) {
      taken.blocks.release();
      await store.ledger.giveUp();
      throw error;
    }
  }

  /** The page's part of this moment, or after a while the last one that it gave. */
  #askPage(): Promise<PagePart> {
    const id = ++this.#saveId;
    return new Promise((resolve) => {
      const take = (part: PagePart): void => {
        clearTimeout(timer);
        this.#awaited = undefined;
        resolve(part);
      };
      const timer = setTimeout(() => take(this.#part), PAGE_PART_MS);
      this.#awaited = { id, take };
      this.#options.onMark(id);
    });
  }

  /** Where each page and block is that is not as shipped, all of it safe on disk. @throws DrydockError `no-room` */
  async #writeBlocks(
    taken: TakenState,
  ): Promise<{ readonly ram: Map<number, SavedPage>; readonly disk: Map<number, BlockRef> }> {
    const { store, machine } = this.#options;
    const { fingerprints, pages, blocks } = taken;
    const ram = new Map<number, SavedPage>();
    const disk = new Map(this.#last.disk);
    const fresh: number[] = [];
    for (const page of fingerprints.differing(machine.base.fingerprints)) {
      const [low, high] = fingerprints.of(page);
      const carried = pages.has(page) ? undefined : this.#last.ram.get(page);
      if (fingerprints.isZero(page)) ram.set(page, { low, high, ref: ZERO_REF });
      else if (carried === undefined) fresh.push(page);
      else ram.set(page, carried);
    }
    const changed = blocks.changedSince(this.#last.blocks);
    for (const block of changed) disk.delete(block);
    const sparse = await this.#sparsePacks([...[...ram.values()].map(({ ref }) => ref), ...disk.values()]);
    const writer = await store.beginBlocks(sparse);
    try {
      for (const page of fresh) {
        const [low, high] = fingerprints.of(page);
        const bytes = pages.get(page);
        if (bytes === undefined) throw new Error(`page ${page} was not copied`);
        await writer.add(bytes, (ref) => ram.set(page, { low, high, ref }));
      }
      for (const block of changed) {
        const bytes = new Uint8Array(BLOCK_BYTES);
        blocks.read(block, bytes);
        await writer.add(bytes, (ref) => disk.set(block, ref));
      }
      for (const [page, { low, high, ref }] of ram) {
        if (!this.#isIn(ref, sparse)) continue;
        await writer.add(await store.bank.read(ref), (moved) => ram.set(page, { low, high, ref: moved }));
      }
      for (const [block, ref] of disk) {
        if (!this.#isIn(ref, sparse)) continue;
        await writer.add(await store.bank.read(ref), (moved) => disk.set(block, moved));
      }
      await writer.finish();
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    return { ram, disk };
  }

  /** The packs of which so little is in use that it is cheaper to write it anew. */
  async #sparsePacks(refs: readonly BlockRef[]): Promise<ReadonlySet<string>> {
    const { bank } = this.#options.store;
    const uses = new Map<string, { readonly bytes: number; count: number }>();
    for (const ref of refs) {
      if (ref === ZERO_REF) continue;
      const { pack } = bank.placeOf(ref);
      const use = uses.get(pack.name) ?? { bytes: pack.bytes, count: 0 };
      use.count += 1;
      uses.set(pack.name, use);
    }
    const sparse = new Set<string>();
    for (const [name, { bytes, count }] of uses) {
      const { keys } = await bank.open({ name, bytes });
      if (count < keys.length * SPARSE) sparse.add(name);
    }
    return sparse;
  }

  #isIn(ref: BlockRef, packs: ReadonlySet<string>): boolean {
    return ref !== ZERO_REF && packs.has(this.#options.store.bank.placeOf(ref).pack.name);
  }
}
