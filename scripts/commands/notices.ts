/**
 * The licences of the npm packages that are part of the site, as one text: `licences/npm.txt`. After a change of the
 * dependencies: `npx tsx scripts/commands/notices.ts`. A unit test fails while the file is not what this makes.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { isProgram, runCommand } from "../cli";
import { ROOT } from "../site/site";

export const NOTICES = join(ROOT, "licences/npm.txt");

const HEADER =
  "The licences of the npm packages that are part of the site. Made by scripts/commands/notices.ts.";
const RULE = "=".repeat(80);
const LICENCE_FILE = /^(licen[cs]e|notice)(\.(md|txt))?$/i;

/** Packages without a licence file, and one of the same repository that has it. */
const LICENCE_BESIDE: Readonly<Record<string, string>> = {
  "@xterm/addon-serialize": "@xterm/xterm",
};

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
    }),
  ),
});

/**
 * The text of `licences/npm.txt`. Packages with the same text share one copy of it.
 *
 * @param root a folder with `package-lock.json` and the `node_modules` that it asks for
 * @throws Error that names a package without a licence file
 */
export async function composeNotices(root: string): Promise<string> {
  const lock = lockSchema.parse(JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")));
  const shipped = Object.entries(lock.packages).filter(([path, entry]) => path !== "" && entry.dev !== true);
  const titles = new Map<string, string[]>();
  for (const [path, { version, license }] of shipped) {
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const title = `${name} ${version ?? ""}: ${license ?? "see below"}`;
    const beside = LICENCE_BESIDE[name];
    const text = await readLicence(join(root, beside === undefined ? path : `node_modules/${beside}`), name);
    titles.set(text, [...(titles.get(text) ?? []), title]);
  }
  const parts = [...titles].map(([text, names]) => [RULE, ...names, RULE, "", text].join("\n"));
  return [HEADER, "", ...parts].join("\n");
}

async function readLicence(folder: string, name: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).sort();
  if (files.length === 0) throw new Error(`${name} has no licence file: look for its licence by hand`);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return `${texts.map((text) => text.replaceAll("\r", "").trimEnd()).join("\n\n")}\n`;
}

if (isProgram(import.meta.url)) {
  await runCommand({
    usage: "usage: npx tsx scripts/commands/notices.ts",
    readFlags: (args) => parseArgs({ args }),
    run: async () => {
      await writeFile(NOTICES, await composeNotices(ROOT));
      return 0;
    },
  });
}
