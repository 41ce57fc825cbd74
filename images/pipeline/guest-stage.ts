/** The last stage: what the page loads, in one folder, by hard links to what the stages before have made. */
import { link, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { BuiltStage, Stage } from "./stage";

/** The folder has every file of the given stages' folders, and the chunks of all of them in `chunks/`. */
export function guestStage(parts: readonly BuiltStage[]): Stage {
  return {
    name: "guest",
    inputs: { stages: [...parts] },
    async build({ out }) {
      for (const { folder } of parts) await linkFolder(folder, out);
    },
  };
}

async function linkFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkFolder(source, target);
    else await linkNew(source, target);
  }
}

/** Files of one name are chunks with the same bytes. */
async function linkNew(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
