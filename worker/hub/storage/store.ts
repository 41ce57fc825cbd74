/**
 * Where pushed images live. Both stores are written by several requests at once; the registry serialises what must not
 * interleave, so a store only has to make each call whole.
 */
import type { Digest } from "../names";

/** Bytes that have arrived and are no blob yet. */
export interface Staging {
  /** Bytes appended so far. */
  readonly size: number;
  /** @throws StorageFullError when there is no room: then nothing of `bytes` was kept */
  append(bytes: Uint8Array): Promise<void>;
  /** Everything appended so far, from the start. */
  read(): ReadableStream<Uint8Array>;
  /** Makes the bytes the blob `digest`, or drops them when that blob is there already. The staging ends. */
  commit(digest: Digest): Promise<void>;
  /** Drops the bytes. The staging ends; harmless after the end. */
  discard(): Promise<void>;
}

/** Immutable bytes named by their digest. The digest is the caller's word: the store does not hash. */
export interface BlobStore {
  /** Bytes of a blob; undefined when it is not here. */
  size(digest: Digest): Promise<number | undefined>;
  /** The bytes from `start` up to and without `end`. @throws when the blob is not here */
  read(digest: Digest, start: number, end: number): Promise<ReadableStream<Uint8Array>>;
  delete(digest: Digest): Promise<void>;
  list(): Promise<readonly Digest[]>;
  /** @throws StorageFullError */
  stage(): Promise<Staging>;
  /** Drops what programs left staged that are no more, and says whether there was any. */
  sweep(): Promise<boolean>;
}

/** Small text values by key. */
export interface MetadataStore {
  get(key: string): Promise<string | undefined>;
  /** Keys that begin with `prefix`, in the order of their UTF-16 code units. */
  keys(prefix: string): Promise<readonly string[]>;
  /** Writes all of the changes or none; `undefined` deletes. @throws StorageFullError */
  write(changes: ReadonlyMap<string, string | undefined>): Promise<void>;
}

/** Runs one task at a time, in the order of the calls. */
export interface Exclusive {
  run<T>(task: () => Promise<T>): Promise<T>;
}

/** Somebody who holds room that he can do without. */
export interface RoomHolder {
  /** Since when the oldest of it has lain there, in milliseconds since the epoch; undefined when there are none. */
  idleSince(): number | undefined;
  /** Gives the oldest back. */
  giveBack(): Promise<void>;
}

/** Everybody who holds room in a storage. */
export interface Room {
  add(holder: RoomHolder): void;
  /** Takes back the room that was held for longest; false when none is held. */
  make(): Promise<boolean>;
}

/** One place for any number of registries: blobs are shared, and the lock spans them all. */
export interface RegistryStorage {
  readonly blobs: BlobStore;
  readonly metadata: MetadataStore;
  readonly serial: Exclusive;
  readonly room: Room;
}
