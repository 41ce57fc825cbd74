/** A root out of the saves themselves, for when both files of it are damaged: names of points are lost, saves are not. */
import type { StoredFile } from "./bank";
import type { SaveFiles } from "./files";
import { EMPTY_ROOT, FILE_NAME, type Root, type SaveEntry, type SessionEntry } from "./root";
import { readHead, type SaveHead } from "./save-file";

export async function rebuildRoot(files: SaveFiles): Promise<Root> {
  const all = await files.list();
  const isThere = ({ name, bytes }: StoredFile): boolean => all.get(name) === bytes;
  const found: { readonly head: SaveHead; readonly save: SaveEntry }[] = [];
  for (const [name, bytes] of all) {
    if (FILE_NAME.exec(name)?.[1] !== "save") continue;
    try {
      const file = { name, bytes };
      const head = await readHead(files, file);
      const { savedAt, packs, guest } = head;
      if ([...packs, guest.file].every(isThere)) found.push({ head, save: { savedAt, file, packs, guest } });
    } catch {
      // Not whole: it was being written, or is damaged as the root is.
    }
  }
  found.sort((a, b) => b.save.savedAt - a.save.savedAt);
  const sessions = new Map<string, SessionEntry>();
  for (const { head, save } of found) {
    const { id, name, createdAt } = head.session;
    const session = sessions.get(id);
    if (session === undefined) {
      const named = name === undefined ? {} : { name };
      sessions.set(id, { id, ...named, createdAt, owner: "", current: save, points: [] });
    } else if (session.previous === undefined) sessions.set(id, { ...session, previous: save });
  }
  return { ...EMPTY_ROOT, sessions: [...sessions.values()] };
}
