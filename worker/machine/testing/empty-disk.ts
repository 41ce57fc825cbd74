/** A disk of a mebibyte of zeros. */
import { BLOCK_BYTES } from "../../../contract/manifest";
import { DiskDevice } from "../../disk/device";
import { type BaseDisk, Disk } from "../../disk/disk";
import { MemorySlotStore, Overlay } from "../../disk/overlay";

const BYTES = 1024 * 1024;

const emptyBase: BaseDisk = {
  byteLength: BYTES,
  peekBlocks: (_first, into) => {
    into.fill(0);
    return true;
  },
  readBlocks: () => Promise.resolve(),
};

export function emptyDisk(): DiskDevice {
  const overlay = new Overlay(new MemorySlotStore(), BYTES / BLOCK_BYTES);
  return new DiskDevice({ disk: new Disk(emptyBase, overlay), onFault: () => undefined });
}
