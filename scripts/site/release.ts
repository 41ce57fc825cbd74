/**
 * The list of the files that make a release, for the service worker and the page (contract/shell.ts). Written when all
 * of them are in their places, so that it is the last of a site to change.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import {
  RELEASE_FILE,
  RELEASE_FORMAT,
  SERVICE_WORKER_FILE,
  type Release,
  type ReleaseFile,
} from "../../contract/shell";

/** Chunks are kept by the machine; the others are for readers, search engines and shops, and not for the page. */
const LEFT_OUT = /^guest\/chunks\/|^licences\/|^install\/.*\.jpg$|(^|\/)\.[^/]*$/u;
const LESSON = /^assets\/course\/(?!contents-).*\.(?!js$|css$)\w+$/u;
const LINE = /^const DRYDOCK_RELEASE = .*;\n/u;

/** Lists a site's folder. The order, and so the id, depends on names and bytes alone. */
export async function listRelease(site: string): Promise<Release> {
  const shell: ReleaseFile[] = [];
  const lessons: ReleaseFile[] = [];
  for (const path of await listPaths(site)) {
    const bytes = await readFile(join(site, path));
    const file = { path, sha256: sha256(bytes), bytes: bytes.byteLength };
    (LESSON.test(path) ? lessons : shell).push(file);
  }
  return { format: RELEASE_FORMAT, id: sha256(JSON.stringify([shell, lessons])), shell, lessons };
}

/** Writes `release.json`, and the same list into `sw.js`. */
export async function publishRelease(site: string): Promise<Release> {
  const release = await listRelease(site);
  const json = JSON.stringify(release);
  const worker = join(site, SERVICE_WORKER_FILE);
  const program = (await readFile(worker, "utf8")).replace(LINE, "");
  await writeFile(join(site, RELEASE_FILE), json);
  await writeFile(worker, `const DRYDOCK_RELEASE = ${json};\n${program}`);
  return release;
}

async function listPaths(site: string): Promise<string[]> {
  const entries = await readdir(site, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(site, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !LEFT_OUT.test(path) && path !== RELEASE_FILE && path !== SERVICE_WORKER_FILE)
    .sort();
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
