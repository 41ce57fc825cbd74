/** A save as a state to which a machine can go. */
import { DrydockError } from "../contract/errors";
import { BLOCK_BYTES } from "../contract/manifest";
import { Disk, type BaseDisk } from "./disk/disk";
import type { Overlay } from "./disk/overlay";
import type { MachineState } from "./machine/checkpoint/checkpoint";
import type { Fingerprints } from "./machine/checkpoint/fingerprints";
import { type MemoryImage, readEither } from "./machine/checkpoint/memory-image";
import { type BlockBank, ZERO_REF } from "./sessions/bank";
import type { SaveBody } from "./sessions/save-file";
import { StoredDisk } from "./sessions/stored-disk";

/** What a machine is made of as shipped, under whatever save. */
export interface Shipped {
  readonly base: MemoryImage;
  readonly disk: BaseDisk;
  /** Emptied when the machine goes: all that it has is in saves or is given up. */
  readonly overlay: Overlay;
}

/** @throws DrydockError `bad-save` if the save is of a machine of another size */
export function stateOf(body: SaveBody, { base, disk, overlay }: Shipped, bank: BlockBank): MachineState {
  const { ram, thinState } = body;
  const lastBlock = disk.byteLength / BLOCK_BYTES;
  for (const block of body.disk.keys()) if (block >= lastBlock) throw otherSize();
  return {
    thinState,
    memory: {
      fingerprints: fingerprintsOf(body, base.fingerprints),
      read: async (pages) => {
        const refOf = (page: number): number => ram.get(page)?.ref ?? ZERO_REF;
        const kept = pages.filter((page) => ram.has(page));
        const blocks = await bank.readAll(kept.map(refOf).filter((ref) => ref !== ZERO_REF));
        const bytes = new Map<number, Uint8Array>();
        for (const page of kept) {
          const block = blocks.get(refOf(page));
          if (block !== undefined) bytes.set(page, block);
        }
        return readEither(pages, bytes, base);
      },
    },
    openDisk: () => {
      overlay.clear();
      return new Disk(new StoredDisk(disk, body.disk, bank), overlay);
    },
  };
}

/** Of all of RAM as it was, from what was kept and what it has in common with the base. @throws as `stateOf` */
export function fingerprintsOf({ ram }: Pick<SaveBody, "ram">, base: Fingerprints): Fingerprints {
  const fingerprints = base.copy();
  for (const [page, { low, high }] of ram) {
    if (page >= base.pages) throw otherSize();
    fingerprints.set(page, low, high);
  }
  return fingerprints;
}

function otherSize(): DrydockError {
  return new DrydockError("bad-save", "the save is of a machine of another size");
}
