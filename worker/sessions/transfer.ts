/**
 * A session as one file: a sealed record FILE (JSON: the session's name, its save, and the files that follow with their
 * lengths), then those files as they are. Nothing in it is believed: every digest is looked at again, and blocks must
 * be what they are named by, or they would stand for others' later.
 */
import { z } from "zod";
import { DrydockError } from "../../contract/errors";
import { MAX_NAME_CHARS } from "../../contract/sessions";
import type { SaveFiles, SaveLocks } from "./files";
import { decodeJson, encodeJson } from "./json";
import { filesOf, saveEntrySchema, type SessionEntry } from "./root";
import { isSameBytes, seal, sealedBytes, unseal } from "./sealed";
import type { SessionStore } from "./store";

const FORMAT = 1;
const HEAD_BYTES = 16;
const COPY_BYTES = 4 * 1024 * 1024;

const directorySchema = z.object({
  format: z.literal(FORMAT),
  name: z.string().max(MAX_NAME_CHARS).optional(),
  createdAt: z.number(),
  save: saveEntrySchema,
});

/** @throws DrydockError `bad-save` */
export async function exportSession(
  store: SessionStore,
  files: SaveFiles,
  { name, createdAt, current }: SessionEntry,
): Promise<Blob> {
  await store.load(current);
  const named = name === undefined ? {} : { name };
  const directory = { format: FORMAT, ...named, createdAt, save: current } as const;
  const head = await seal("FILE", encodeJson(directory satisfies z.infer<typeof directorySchema>));
  const parts = await Promise.all(filesOf(current).map((file) => files.blob(file.name)));
  return new Blob([head, ...parts], { type: "application/octet-stream" });
}

/**
 * Takes a file in as a session that did not exist before.
 * @param checkGuest throws for what is no manifest
 * @throws DrydockError `bad-save`, `version-mismatch`, `no-room`
 */
export async function importSession(
  store: SessionStore,
  files: SaveFiles,
  locks: SaveLocks,
  file: Blob,
  checkGuest: (manifest: unknown) => void,
): Promise<SessionEntry> {
  const { directory, at } = await readDirectory(file);
  const { name, createdAt, save } = directory;
  const parts = filesOf(save);
  if (new Set(parts.map((part) => part.name)).size !== parts.length) throw damaged("names a file twice");
  const length = parts.reduce((sum, part) => sum + part.bytes, at);
  if (length !== file.size) throw damaged(`has ${file.size} bytes instead of ${length}`);
  return store.ledger.adopt(async (live) => {
    const written: string[] = [];
    try {
      let offset = at;
      for (const part of parts) {
        const bytes = file.slice(offset, offset + part.bytes);
        offset += part.bytes;
        if (live.has(part.name)) await mustBeSame(files, part, bytes);
        else {
          written.push(part.name);
          await copy(files, part.name, bytes);
        }
      }
      await store.load(save);
      checkGuest(await store.readGuest(save));
      for (const pack of save.packs) {
        if (written.includes(pack.name)) await (await store.bank.open(pack)).verifyKeys();
      }
    } catch (error) {
      for (const each of written) await files.remove(each);
      throw error;
    }
    const named = name === undefined ? {} : { name };
    return { id: crypto.randomUUID(), ...named, createdAt, owner: locks.owner, current: save, points: [] };
  });
}

async function readDirectory(
  file: Blob,
): Promise<{ readonly directory: z.infer<typeof directorySchema>; readonly at: number }> {
  const bytesOf = async (length: number): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await file.slice(0, length).arrayBuffer());
  const at = sealedBytes("FILE", await bytesOf(HEAD_BYTES));
  if (at === undefined || at > file.size) throw damaged("does not begin as one");
  const payload = await unseal("FILE", await bytesOf(at));
  const { format } = decodeJson(z.object({ format: z.number() }), payload);
  if (format > FORMAT) {
    const message = `the file is of format ${format}, this page reads ${FORMAT}`;
    throw new DrydockError("version-mismatch", message);
  }
  return { directory: decodeJson(directorySchema, payload), at };
}

/** A file of that name is there already: immutable, so it is the same one, or somebody made this one up. */
async function mustBeSame(
  files: SaveFiles,
  { name, bytes }: { readonly name: string; readonly bytes: number },
  blob: Blob,
): Promise<void> {
  const own = await files.read(name, 0, bytes);
  if (!isSameBytes(own, new Uint8Array(await blob.arrayBuffer())))
    throw damaged("has another content for a file that is here");
}

async function copy(files: SaveFiles, name: string, blob: Blob): Promise<void> {
  const writer = await files.create(name);
  try {
    for (let at = 0; at < blob.size; at += COPY_BYTES)
      await writer.write(new Uint8Array(await blob.slice(at, at + COPY_BYTES).arrayBuffer()));
    await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function damaged(what: string): DrydockError {
  return new DrydockError("bad-save", `the file of a session ${what}`);
}
