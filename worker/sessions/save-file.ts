/**
 * A save: what a machine was, as one immutable file of two sealed records. The first (HEAD) is small JSON that tells
 * what it is; a list of sessions needs no more. The second (BODY) has the machine: a JSON head with its own length in
 * front, the thin state, five uint32 for each page of RAM that is not as the guest is shipped (page, fingerprint in two
 * halves, pack, block) and three for each block of the disk (block, pack, block in the pack). A pack is its number in
 * the head's list; `NO_PACK` says that it is all zeros.
 */
import { z } from "zod";
import { DrydockError } from "../../contract/errors";
import { MAX_PLACE_CHARS, MAX_TEXT_CHARS, pagePartSchema, type PagePart } from "../../contract/sessions";
import { concatBytes } from "../bytes";
import { type BlockBank, type BlockRef, type StoredFile, ZERO_REF } from "./bank";
import type { SaveFiles } from "./files";
import { decodeJson, encodeJson } from "./json";
import { fileSchema } from "./root";
import { seal, sealedBytes, unseal } from "./sealed";

const SAVE_FORMAT = 1;
const NO_PACK = 0xffff_ffff;
const SEAL_HEAD_BYTES = 16;
const RAM_WORDS = 5;
const DISK_WORDS = 3;
const count = z.number().int().nonnegative();

const headSchema = z.object({
  format: z.literal(SAVE_FORMAT),
  session: z.object({ id: z.uuid(), name: z.string().optional(), createdAt: z.number() }),
  savedAt: z.number(),
  guest: z.object({ id: z.string(), file: fileSchema }),
  packs: z.array(fileSchema),
  text: z.string().max(MAX_TEXT_CHARS),
  place: z.string().max(MAX_PLACE_CHARS).optional(),
});
export type SaveHead = z.infer<typeof headSchema>;

const bodyHeadSchema = z.object({
  thinBytes: count,
  ramPages: count,
  diskBlocks: count,
  terminals: pagePartSchema.shape.terminals,
});

/** A page of RAM that is not as the guest is shipped. */
export interface SavedPage {
  readonly low: number;
  readonly high: number;
  readonly ref: BlockRef;
}

/** What a machine was. */
export interface SaveBody {
  readonly thinState: ArrayBuffer;
  readonly ram: ReadonlyMap<number, SavedPage>;
  /** Block of the disk -> where it is. What is not here is as the guest is shipped. */
  readonly disk: ReadonlyMap<number, BlockRef>;
  readonly terminals: PagePart["terminals"];
}

/** The packs that a body refers to. */
export function packsOf({ ram, disk }: Pick<SaveBody, "ram" | "disk">, bank: BlockBank): StoredFile[] {
  const packs = new Map<string, StoredFile>();
  const see = (ref: BlockRef): void => {
    if (ref === ZERO_REF) return;
    const { pack } = bank.placeOf(ref);
    packs.set(pack.name, pack);
  };
  for (const { ref } of ram.values()) see(ref);
  for (const ref of disk.values()) see(ref);
  return [...packs.values()];
}

/** @throws DrydockError `internal` if the head does not list a pack that the body refers to */
export async function encodeSave(
  head: Omit<SaveHead, "format">,
  body: SaveBody,
  bank: BlockBank,
): Promise<Uint8Array<ArrayBuffer>> {
  const numbers = new Map(head.packs.map((pack, number) => [pack.name, number]));
  const place = (ref: BlockRef): [pack: number, block: number] => {
    if (ref === ZERO_REF) return [NO_PACK, 0];
    const { pack, block } = bank.placeOf(ref);
    const number = numbers.get(pack.name);
    // Written as zeros it would be lost without a word.
    if (number === undefined) throw new DrydockError("internal", `the head does not list ${pack.name}`);
    return [number, block];
  };
  const ram = [...body.ram].flatMap(([page, { low, high, ref }]) => [page, low, high, ...place(ref)]);
  const disk = [...body.disk].flatMap(([block, ref]) => [block, ...place(ref)]);
  const bodyHead = encodeJson({
    thinBytes: body.thinState.byteLength,
    ramPages: body.ram.size,
    diskBlocks: body.disk.size,
    terminals: body.terminals,
  } satisfies z.infer<typeof bodyHeadSchema>);
  return concatBytes([
    await seal("HEAD", encodeJson({ format: SAVE_FORMAT, ...head } satisfies SaveHead)),
    await seal(
      "BODY",
      concatBytes([
        encodeWords([bodyHead.byteLength]),
        bodyHead,
        new Uint8Array(body.thinState),
        encodeWords(ram),
        encodeWords(disk),
      ]),
    ),
  ]);
}

/** @throws DrydockError `bad-save`, `version-mismatch` for one of a later version of the page */
export async function readHead(files: SaveFiles, file: StoredFile): Promise<SaveHead> {
  return (await readHeadRecord(files, file)).head;
}

/**
 * The whole save. Its packs' indexes are read; their blocks are not.
 * @throws DrydockError `bad-save`, `version-mismatch`
 */
export async function readSave(
  files: SaveFiles,
  file: StoredFile,
  bank: BlockBank,
): Promise<{ readonly head: SaveHead; readonly body: SaveBody }> {
  const { head, bytes } = await readHeadRecord(files, file);
  const payload = await unseal("BODY", await files.read(file.name, bytes, file.bytes - bytes));
  return { head, body: await decodeBody(payload, head.packs, bank, file.name) };
}

async function readHeadRecord(
  files: SaveFiles,
  { name, bytes }: StoredFile,
): Promise<{ readonly head: SaveHead; readonly bytes: number }> {
  const length = sealedBytes("HEAD", await files.read(name, 0, SEAL_HEAD_BYTES));
  if (length === undefined || length > bytes) throw damaged(name, "does not begin as one");
  const payload = await unseal("HEAD", await files.read(name, 0, length));
  const { format } = decodeJson(z.object({ format: z.number() }), payload);
  if (format > SAVE_FORMAT) {
    const message = `the save is of format ${format}, this page reads ${SAVE_FORMAT}`;
    throw new DrydockError("version-mismatch", message, { subject: name });
  }
  return { head: decodeJson(headSchema, payload), bytes: length };
}

async function decodeBody(
  payload: Uint8Array<ArrayBuffer>,
  packs: readonly StoredFile[],
  bank: BlockBank,
  name: string,
): Promise<SaveBody> {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (payload.byteLength < 4) throw damaged(name, "ends too early");
  const headBytes = view.getUint32(0, true);
  const head = decodeJson(bodyHeadSchema, payload.slice(4, 4 + headBytes));
  const thinAt = 4 + headBytes;
  const ramAt = thinAt + head.thinBytes;
  const diskAt = ramAt + head.ramPages * RAM_WORDS * 4;
  if (payload.byteLength !== diskAt + head.diskBlocks * DISK_WORDS * 4)
    throw damaged(name, "is not as long as it says");
  const readers = await Promise.all(packs.map((pack) => bank.open(pack)));
  const numbers = packs.map((pack) => bank.register(pack));
  const refAt = (at: number): BlockRef => {
    const pack = view.getUint32(at, true);
    const block = view.getUint32(at + 4, true);
    if (pack === NO_PACK) return ZERO_REF;
    const number = numbers[pack];
    if (number === undefined || block >= (readers[pack]?.keys.length ?? 0))
      throw damaged(name, `refers to block ${block} of pack ${pack}`);
    return bank.refOf(number, block);
  };
  const ram = new Map<number, SavedPage>();
  for (let at = ramAt; at < diskAt; at += RAM_WORDS * 4) {
    const page = {
      low: view.getUint32(at + 4, true),
      high: view.getUint32(at + 8, true),
      ref: refAt(at + 12),
    };
    if ((page.low === 0 && page.high === 0) !== (page.ref === ZERO_REF))
      throw damaged(name, "does not know whether a page is zeros");
    ram.set(view.getUint32(at, true), page);
  }
  const disk = new Map<number, BlockRef>();
  for (let at = diskAt; at < payload.byteLength; at += DISK_WORDS * 4)
    disk.set(view.getUint32(at, true), refAt(at + 4));
  return { thinState: payload.slice(thinAt, ramAt).buffer, ram, disk, terminals: head.terminals };
}

function encodeWords(words: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => view.setUint32(index * 4, word, true));
  return bytes;
}

function damaged(subject: string, what: string): DrydockError {
  return new DrydockError("bad-save", `a save ${what}`, { subject });
}
