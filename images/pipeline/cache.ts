/**
 * The cache on disk:
 *
 *     <cache>/<stage>/<key>/                what a stage made; appears whole, by a rename
 *     <cache>/<stage>/.building-<key>-<pid>/ {out,work}: a build under way; left behind when it was interrupted
 *     <cache>/logs/<stage>.log              what its tools printed last time
 */
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const KEPT_KEYS = 3;
/** What was used this recently stays: working copies with different recipes share the cache, and may be running it. */
const RECENT_MS = 6 * 60 * 60 * 1000;
const BUILDING = /^\.building-([0-9a-f]{64})-(\d+)$/;
const KEY = /^[0-9a-f]{64}$/;

/** `$XDG_CACHE_HOME/drydock`, or `~/.cache/drydock`. A relative XDG_CACHE_HOME is invalid (XDG base directory spec). */
export function defaultCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env["XDG_CACHE_HOME"];
  return join(base?.startsWith("/") === true ? base : join(homedir(), ".cache"), "drydock");
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Removes a folder, but never what is mounted inside it: a chroot that a killed build left may hold the host's /dev. */
async function removeFolder(folder: string): Promise<void> {
  const mounts = await readFile("/proc/self/mounts", "utf8").catch(() => "");
  const inside = mounts.split("\n").find((line) => line.split(" ")[1]?.startsWith(`${folder}/`) === true);
  if (inside !== undefined) throw new Error(`something is mounted in ${folder}; unmount it first: ${inside}`);
  await rm(folder, { recursive: true, force: true });
}

/** The folder of a finished build, or undefined. Marks it as used now. */
export async function findCached(stageFolder: string, key: string): Promise<string | undefined> {
  const folder = join(stageFolder, key);
  if (!(await exists(folder))) return undefined;
  const now = new Date();
  // Somebody else's folder can be read, not marked.
  await utimes(folder, now, now).catch(ignoreForeignOwner);
  return folder;
}

function ignoreForeignOwner(error: unknown): void {
  if (!(error instanceof Error && "code" in error && (error.code === "EPERM" || error.code === "EROFS")))
    throw error;
}

/** Other processes' builds of this key that are under way. Removes what dead ones left. */
async function findOthers(stageFolder: string, key: string): Promise<number[]> {
  const others: number[] = [];
  for (const entry of await readdir(stageFolder)) {
    const match = BUILDING.exec(entry);
    if (match === null) continue;
    const pid = Number(match[2]);
    if (pid === process.pid) continue;
    if (!isAlive(pid)) await removeFolder(join(stageFolder, entry));
    else if (match[1] === key) others.push(pid);
  }
  return others;
}

/** Waits while another process builds the same key, so that two commands at once do not build it twice. */
export async function waitForOthers(
  stageFolder: string,
  key: string,
  say: (text: string) => void,
): Promise<void> {
  await mkdir(stageFolder, { recursive: true });
  let said = false;
  for (;;) {
    const [other] = await findOthers(stageFolder, key);
    if (other === undefined) return;
    if (!said) say(`waiting for process ${other}, which builds the same`);
    said = true;
    await sleep(500);
  }
}

/**
 * Lets `build` fill a fresh folder and gives that folder its final name. Whatever happens on the way, there is never a
 * half-made folder under that name.
 */
export async function buildAtomically(
  stageFolder: string,
  key: string,
  build: (folders: { out: string; work: string }) => Promise<void>,
): Promise<string> {
  const temporary = join(stageFolder, `.building-${key}-${process.pid}`);
  const target = join(stageFolder, key);
  await removeFolder(temporary);
  const folders = { out: join(temporary, "out"), work: join(temporary, "work") };
  try {
    await mkdir(folders.out, { recursive: true });
    await mkdir(folders.work);
    await build(folders);
    await rename(folders.out, target).catch(async (error: unknown) => {
      // Somebody else was first with the same key, which is as good.
      if (!(await exists(target))) throw error;
    });
  } finally {
    await removeFolder(temporary);
  }
  return target;
}

/** Removes all but the newest few builds of a stage and those used in the last hours; `current` always stays. */
export async function pruneStage(
  stageFolder: string,
  current: string,
  { kept = KEPT_KEYS, recentMs = RECENT_MS }: { kept?: number; recentMs?: number } = {},
): Promise<void> {
  const recent = Date.now() - recentMs;
  const others: { key: string; used: number }[] = [];
  for (const key of await readdir(stageFolder)) {
    if (!KEY.test(key) || key === current) continue;
    others.push({ key, used: (await stat(join(stageFolder, key))).mtimeMs });
  }
  others.sort((a, b) => b.used - a.used);
  for (const { key, used } of others.slice(kept - 1)) {
    if (used < recent) await removeFolder(join(stageFolder, key));
  }
}
