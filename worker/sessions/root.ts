/**
 * The root: which saves there are. Two files hold it in turn, each with a number that goes up; the newest whole one
 * counts. So writing one is the only moment at which a save comes to be, and it has come to be whole or not at all.
 */
import { z } from "zod";
import { DrydockError } from "../../contract/errors";
import { MAX_NAME_CHARS } from "../../contract/sessions";
import type { SaveFiles } from "./files";
import { decodeJson, encodeJson } from "./json";
import { seal, unseal } from "./sealed";

const ROOT_FORMAT = 1;
const ROOT_NAMES = ["root-0", "root-1"] as const;

const count = z.number().int().nonnegative();
/** What kind of file, who wrote it, and which of his. */
export const FILE_NAME = /^(pack|save|guest)-([0-9a-f-]{36})-\d{1,9}$/u;
export const fileSchema = z.object({ name: z.string().regex(FILE_NAME), bytes: count });

export const saveEntrySchema = z.object({
  savedAt: z.number(),
  file: fileSchema,
  /** All packs that it refers to. */
  packs: z.array(fileSchema),
  guest: z.object({ id: z.string(), file: fileSchema }),
});
export type SaveEntry = z.infer<typeof saveEntrySchema>;

const sessionEntrySchema = z.object({
  id: z.uuid(),
  name: z.string().max(MAX_NAME_CHARS).optional(),
  createdAt: z.number(),
  /** The tab that has it, or had it last. */
  owner: z.string(),
  current: saveEntrySchema,
  /** For when the current one is damaged. */
  previous: saveEntrySchema.optional(),
  /** The last one last. */
  points: z.array(
    z.object({
      id: z.string(),
      at: z.number(),
      label: z.string(),
      kind: z.string(),
      save: saveEntrySchema,
    }),
  ),
});
export type SessionEntry = z.infer<typeof sessionEntrySchema>;

const rootSchema = z.object({
  format: z.literal(ROOT_FORMAT),
  sequence: count,
  sessions: z.array(sessionEntrySchema),
});
export type Root = Readonly<z.infer<typeof rootSchema>>;

export const EMPTY_ROOT: Root = { format: ROOT_FORMAT, sequence: 0, sessions: [] };

export function isRootName(name: string): boolean {
  return ROOT_NAMES.some((root) => root === name);
}

/**
 * The newest whole root; undefined if there is none, though there are files of one.
 * @throws DrydockError `version-mismatch` for one that a later version of the page wrote
 */
export async function readRoot(files: SaveFiles): Promise<Root | undefined> {
  const all = await files.list();
  const present = ROOT_NAMES.filter((name) => all.has(name));
  if (present.length === 0) return EMPTY_ROOT;
  const roots = await Promise.all(present.map((name) => readOne(files, name, all.get(name) ?? 0)));
  return roots.reduce((newest, root) => {
    if (root === undefined) return newest;
    return newest === undefined || root.sequence > newest.sequence ? root : newest;
  }, undefined);
}

/** Writes the root that follows; the one before stays. @throws DrydockError `no-room` */
export async function writeRoot(files: SaveFiles, root: Root): Promise<void> {
  const file = await files.create(ROOT_NAMES[root.sequence % 2] ?? ROOT_NAMES[0]);
  try {
    await file.write(await seal("ROOT", encodeJson(root)));
    await file.finish();
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

async function readOne(files: SaveFiles, name: string, bytes: number): Promise<Root | undefined> {
  try {
    const payload = await unseal("ROOT", await files.read(name, 0, bytes));
    const { format } = decodeJson(z.object({ format: z.number() }), payload);
    if (format > ROOT_FORMAT) {
      const message = `what was kept is of format ${format}, this page reads ${ROOT_FORMAT}`;
      throw new DrydockError("version-mismatch", message, { subject: name });
    }
    return decodeJson(rootSchema, payload);
  } catch (error) {
    if (error instanceof DrydockError && error.code === "version-mismatch") throw error;
    // Half written when the tab was killed, or damaged: the other one counts.
    return undefined;
  }
}

/** Every file that a save needs. */
export function filesOf({
  file,
  packs,
  guest,
}: SaveEntry): { readonly name: string; readonly bytes: number }[] {
  return [file, ...packs, guest.file];
}

/** Every save of a session. */
export function savesOf({ current, previous, points }: SessionEntry): SaveEntry[] {
  return [current, ...(previous === undefined ? [] : [previous]), ...points.map((point) => point.save)];
}
