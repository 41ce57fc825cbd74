/**
 * Files of Debian's archive on this machine, each under its sha256:
 *
 *     <folder>/<sha256>
 *
 * They are fetched by apt's own helper, with the proxy and the keys that the machine's apt has.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ToolError } from "../pipeline/run-tool";
import type { PrivateApt } from "./private-apt";
import type { RemoteFile } from "./wants";

const HELPER = "/usr/lib/apt/apt-helper";
/** Files that one process of the helper is asked for. */
const BATCH = 150;
/** Milliseconds to wait before each further try: a mirror that says 503 is often well again at once. */
const PAUSES_MS = [1000, 3000];
const POLL_MS = 500;
/** An unused file is kept this long. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Why a file could not be had, by its digest. */
export type Missing = Map<string, string>;

export interface FetchOptions {
  /** Called about twice a second with the bytes that are here and the bytes of all. */
  readonly onBytes?: (done: number, total: number) => void;
  /** Other places of the same file. */
  readonly elsewhere?: (uri: string) => string[];
}

export class FileStore {
  readonly #folder: string;
  readonly #apt: PrivateApt;

  constructor(folder: string, apt: PrivateApt) {
    this.#folder = folder;
    this.#apt = apt;
  }

  path({ sha256 }: Pick<RemoteFile, "sha256">): string {
    return join(this.#folder, sha256);
  }

  /**
   * Fetches what is not here. A file that came damaged or not at all is asked for again, then elsewhere.
   * @returns the files that are still missing, each with the reason
   */
  async fetch(files: readonly RemoteFile[], options: FetchOptions = {}): Promise<Missing> {
    await mkdir(this.#folder, { recursive: true });
    const total = files.reduce((sum, file) => sum + file.bytes, 0);
    let wanted = await this.#absent(files);
    const here = total - wanted.reduce((sum, file) => sum + file.bytes, 0);
    const reasons: Missing = new Map();
    const attempt = async (from: readonly RemoteFile[]): Promise<void> => {
      for (let first = 0; first < from.length; first += BATCH) {
        await this.#fetchOnce(from.slice(first, first + BATCH), reasons, async () => {
          const part = await this.#bytesUnderWay(wanted);
          options.onBytes?.(Math.min(here + part, total), total);
        });
      }
      wanted = await this.#absent(wanted);
    };
    options.onBytes?.(here, total);
    await attempt(wanted);
    for (const pause of PAUSES_MS) {
      // "Not found" will not be otherwise in a second.
      const again = wanted.filter(({ sha256 }) => !isFinal(reasons.get(sha256)));
      if (again.length === 0) break;
      await sleep(pause);
      await attempt(again);
    }
    // One place at a time: a file has one name while it comes.
    for (let place = 0; wanted.length > 0; place++) {
      const others = wanted.flatMap((file) => {
        const uri = options.elsewhere?.(file.uri)[place];
        return uri === undefined ? [] : [{ ...file, uri }];
      });
      if (others.length === 0) break;
      await attempt(others);
    }
    return new Map(wanted.map(({ sha256, uri }) => [sha256, reasons.get(sha256) ?? `no answer for ${uri}`]));
  }

  /** Fetches something that no list has the digest of. @returns its path, or undefined */
  async fetchUnknown(uri: string, into: string): Promise<string | undefined> {
    try {
      await this.#apt.run(HELPER, ["download-file", uri, into]);
      return into;
    } catch (error) {
      if (error instanceof ToolError) return undefined;
      throw error;
    }
  }

  /** Removes what has not been used for a week. @param used what stays in any case */
  async prune(used: readonly RemoteFile[]): Promise<void> {
    const kept = new Set(used.map(({ sha256 }) => sha256));
    const now = new Date();
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      if (kept.has(name)) await utimes(path, now, now);
      else if ((await stat(path)).mtimeMs < now.getTime() - KEPT_MS) await rm(path, { force: true });
    }
  }

  async #absent(files: readonly RemoteFile[]): Promise<RemoteFile[]> {
    const there = await Promise.all(
      files.map(async (file) => (await stat(this.path(file)).catch(() => undefined))?.size === file.bytes),
    );
    return files.filter((_, index) => there[index] !== true);
  }

  async #bytesUnderWay(files: readonly RemoteFile[]): Promise<number> {
    let bytes = 0;
    for (const file of files) {
      for (const path of [this.path(file), this.#temporary(file)]) {
        bytes += (await stat(path).catch(() => undefined))?.size ?? 0;
      }
    }
    return bytes;
  }

  #temporary(file: RemoteFile): string {
    return `${this.path(file)}.${process.pid}.part`;
  }

  async #fetchOnce(files: readonly RemoteFile[], reasons: Missing, poll: () => Promise<void>): Promise<void> {
    const args = files.flatMap((file) => [file.uri, this.#temporary(file), `SHA256:${file.sha256}`]);
    const lines: string[] = [];
    const ended = new AbortController();
    const polling = (async () => {
      while (!ended.signal.aborted) {
        // Cut short when the helper has ended.
        await sleep(POLL_MS, undefined, { signal: ended.signal }).catch(() => undefined);
        await poll();
      }
    })();
    try {
      await this.#apt.run(HELPER, ["download-file", ...args], { onLine: (line) => lines.push(line) });
    } catch (error) {
      // Some of them may have arrived nevertheless.
      if (!(error instanceof ToolError)) throw error;
    } finally {
      ended.abort();
      await polling;
    }
    for (const file of files) {
      const path = this.#temporary(file);
      if ((await digestOf(path)) === file.sha256) await rename(path, this.path(file));
      else reasons.set(file.sha256, findReason(lines, file.uri));
      for (const rest of [path, `${path}.FAILED`]) await rm(rest, { force: true });
    }
  }
}

function isFinal(reason: string | undefined): boolean {
  return reason !== undefined && /^(403|404|410) /.test(reason);
}

/** What apt says of a file that did not come: `404 Not Found`, `Hash Sum mismatch`. */
function findReason(lines: readonly string[], uri: string): string {
  const name = decodeURIComponent(uri);
  for (const line of lines) {
    const match = /^E: Failed to fetch (\S+)\s+(.*)$/.exec(line);
    if (match === null || decodeURIComponent(match[1] ?? "") !== name) continue;
    return (match[2] ?? "")
      .replace(/\s*\[IP: .*\]$/, "")
      .replace(/\s+/g, " ")
      .trim();
  }
  return "it did not arrive whole";
}

async function digestOf(path: string): Promise<string | undefined> {
  if ((await stat(path).catch(() => undefined)) === undefined) return undefined;
  const hash = createHash("sha256");
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest("hex");
}
