/**
 * Which lessons were proved in which form: the digests of their files at the last time that all was well. The record is
 * committed with the lessons, so that a fresh machine knows it.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { COURSE } from "./course-folder";

const greenSchema = z.record(z.string(), z.string());
const FILE = join(import.meta.dirname, "green.json");

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

  /** Whether the lesson's files are those of its last green run; `never` when there was none. */
  async look(id: string): Promise<"green" | "changed" | "never"> {
    const known = this.#digests[id];
    if (known === undefined) return "never";
    return known === (await digestOf(join(COURSE, id))) ? "green" : "changed";
  }

  async setGreen(id: string): Promise<void> {
    const digest = await digestOf(join(COURSE, id));
    if (this.#digests[id] === digest) return;
    // Two lanes write the file: what the other has written meanwhile stays.
    this.#digests = { ...(await GreenLessons.open(this.#file)).#digests, [id]: digest };
    const sorted = Object.fromEntries(Object.entries(this.#digests).sort(([a], [b]) => (a < b ? -1 : 1)));
    await writeFile(this.#file, `${JSON.stringify(sorted, null, 2)}\n`);
  }
}

/** The digest of a folder's files, names and bytes. The translation counts too: it must agree. */
async function digestOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const hash = createHash("sha256");
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(`${file.slice(folder.length)}\0`).update(await readFile(file));
  return hash.digest("hex");
}
