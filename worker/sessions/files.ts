/**
 * What the store needs of the place where it keeps its files: a folder in OPFS, a folder in Node, memory. Names are
 * flat. A file is written once from its beginning to its end; what was not finished when a tab was killed may be there in
 * any part, or not at all.
 */
export interface FileWriter {
  /** Throws DrydockError `no-room`. */
  write(bytes: Uint8Array): Promise<void> | void;
  /** Resolves when all of it is safe on disk. Nothing may be written afterwards. */
  finish(): Promise<void>;
  /** Gives it up. Never rejects. */
  abandon(): Promise<void>;
}

export interface SaveFiles {
  /** Names and lengths in bytes. */
  list(): Promise<ReadonlyMap<string, number>>;
  /** Rejects with DrydockError `bad-save` when the file has not that many bytes there. */
  read(name: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** All of a file without reading it, for an export. Rejects as `read`. */
  blob(name: string): Promise<Blob>;
  /** A file anew, in place of one of that name. */
  create(name: string): Promise<FileWriter>;
  /** Of one that is not there, too. */
  remove(name: string): Promise<void>;
  /** Bytes that the site uses and may use, if it is known. */
  room(): Promise<{ readonly usedBytes: number; readonly quotaBytes: number } | undefined>;
}

/** What several tabs agree on. */
export interface SaveLocks {
  /** Of this tab, and in the names of the files that it writes: nobody else has it, before or after. */
  readonly owner: string;
  /** Nobody else, in whatever tab, is in such a work meanwhile. */
  exclusive<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * Keeps a session until the answer is called or the tab ends; undefined when another tab has it and `takeOver` is not set.
   * @param onLost called when another tab takes it over
   */
  keep(session: string, takeOver: boolean, onLost: () => void): Promise<(() => void) | undefined>;
  /** The sessions that some tab keeps, and the owners whose tabs live. */
  living(): Promise<{ readonly sessions: ReadonlySet<string>; readonly owners: ReadonlySet<string> }>;
}
