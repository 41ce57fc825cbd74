/** Which lessons were proved in which form: the digests of their files at the last time that all was well. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { defaultCacheFolder } from "../../images/pipeline/cache";
import { COURSE } from "./course-folder";

const greenSchema = z.record(z.string(), z.string());
const FILE = join(defaultCacheFolder(), "lessons-green.json");

export class GreenLessons {
  readonly #file: string;
  #digests: Record<string, string> = {};

  private constructor(file: string) {
    this.#file = file;
  }

  /** What cannot be read counts for nothing: then no lesson is green. */
  static async open(file = FILE): Promise<GreenLessons> {
    const green = new GreenLessons(file);
    try {
      green.#digests = greenSchema.parse(JSON.parse(await readFile(file, "utf8")));
    } catch {
      // The first run, or a file that is not ours: everything is proved anew.
      green.#digests = {};
    }
    return green;
  }

  /** Whether the lesson's files are those of its last green run. */
  async isGreen(id: string): Promise<boolean> {
    return this.#digests[id] === (await digestOf(join(COURSE, id)));
  }

  async setGreen(id: string): Promise<void> {
    this.#digests[id] = await digestOf(join(COURSE, id));
    await mkdir(dirname(this.#file), { recursive: true });
    await writeFile(this.#file, JSON.stringify(this.#digests, null, 2));
  }
}

/** The digest of a folder's files, names and bytes. The translation counts too: it must agree. */
export async function digestOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const hash = createHash("sha256");
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(`${file.slice(folder.length)}\0`).update(await readFile(file));
  return hash.digest("hex");
}
