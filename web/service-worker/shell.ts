/**
 * The releases that this browser has, and which of them pages are of. Pure: the cache, the network and the locks come in.
 *
 * The service worker's own code is replaced as soon as the site has another one; which release it serves is written down
 * beside the files, and changes only when the learner agrees (`take`). Workbox, and every other precache, changes both
 * at once: the next visit would find a new page whose machine is not there, on a train even.
 *
 *     <scope>drydock-shell/state              { current, previous }
 *     <scope>drydock-shell/release/<id>       the list of a release's files
 *     <scope><path>?sha256=<digest>           a file; releases share what is the same
 */
import {
  fileKey,
  type Release,
  type ReleaseFile,
  type ShellFailure,
  type ShellStatus,
} from "../../contract/shell";
import { readRelease, readState, type ShellState } from "./records";

/** What is used of a `Cache`. */
export interface ShellCache {
  match(key: string): Promise<Response | undefined>;
  put(key: string, response: Response): Promise<void>;
  delete(key: string): Promise<unknown>;
  keys(): Promise<readonly { readonly url: string }[]>;
}

export interface ShellPorts {
  /** Absolute URL of the site, with a slash at the end. */
  readonly scope: string;
  /** The release that this service worker came with. */
  readonly own: Release;
  openCache(): Promise<ShellCache>;
  fetch(url: string, cache: RequestCache): Promise<Response>;
  /** Ids of the releases that open pages are of. */
  heldReleases(): Promise<ReadonlySet<string>>;
}

export class ShellError extends Error {
  override readonly name = "ShellError";
  readonly reason: ShellFailure;

  constructor(reason: ShellFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/** Bytes done, of all that are to be fetched. */
export type OnProgress = (bytes: number, total: number) => void;

/** Files that are fetched at once. */
const AT_ONCE = 4;
/** Their names have a digest in them: whatever page asks for one, these are its bytes. */
const HASHED = "assets/";

export class Shell {
  readonly #ports: ShellPorts;

  constructor(ports: ShellPorts) {
    this.#ports = ports;
  }

  /** At the browser's first visit, takes the release that this came with; later it is offered. Throws ShellError. */
  async install(): Promise<void> {
    if ((await this.#current()) === undefined) await this.take();
  }

  async status(): Promise<ShellStatus> {
    const { own } = this.#ports;
    const { current, previous } = await this.#state();
    const offered = current === undefined || current === own.id ? undefined : own.id;
    return { type: "status", current, offered, previous };
  }

  /**
   * Fetches what is missing of the release that this came with, and makes it the one that pages are of. A failure changes
   * nothing but what is fetched already.
   * @throws ShellError `network`, `altered`, `full`
   */
  async take(onProgress?: OnProgress): Promise<void> {
    const { own } = this.#ports;
    await this.#fetchMissing(own, onProgress);
    const { current } = await this.#state();
    await this.#write(this.#releaseKey(own.id), JSON.stringify(own));
    if (current === own.id) return;
    await this.#writeState({ current: own.id, previous: current });
  }

  /** @throws ShellError `missing` when there is none before, or not all of its files are there any more */
  async back(): Promise<void> {
    const { current, previous } = await this.#state();
    const release = previous === undefined ? undefined : await this.#release(previous);
    if (release === undefined || (await this.#missing(release)).length > 0)
      throw new ShellError("missing", "the release before is not here any more");
    await this.#writeState({ current: release.id, previous: current });
  }

  /** A page of that release has shown that it works: drops what neither it nor another open page needs. */
  async settle(id: string): Promise<void> {
    const { current } = await this.#state();
    if (current !== id) return;
    await this.#writeState({ current, previous: undefined });
    const held = new Set([id, ...(await this.#ports.heldReleases())]);
    const keep = new Set([this.#key("state")]);
    for (const name of held) {
      const release = await this.#release(name);
      if (release === undefined) continue;
      keep.add(this.#releaseKey(name));
      for (const file of [...release.shell, ...release.lessons]) keep.add(this.#fileKey(file));
    }
    const cache = await this.#cache();
    for (const { url } of await cache.keys()) if (!keep.has(url)) await cache.delete(url);
  }

  /** The list of the release that pages are of. */
  async release(): Promise<Release | undefined> {
    return this.#current();
  }

  /**
   * The page. When it is not here any more, the release that this came with is fetched whole in its place: a new page
   * with an old manifest would be neither.
   * @throws ShellError when that fails, too
   */
  async page(): Promise<Response> {
    const current = await this.#current();
    const file = current?.shell.find(({ path }) => path === "index.html");
    const kept = file === undefined ? undefined : await this.#kept(file);
    if (kept !== undefined) return kept;
    await this.take();
    const taken = this.#ports.own.shell.find(({ path }) => path === "index.html");
    const page = taken === undefined ? undefined : await this.#kept(taken);
    if (page === undefined) throw new ShellError("missing", "the release has no page");
    return page;
  }

  /** A file by its path: kept, or fetched and then kept. Undefined for one that is the network's affair. */
  async file(path: string): Promise<Response | undefined> {
    const current = await this.#current();
    const file = findFile(current, path) ?? (await this.#ofOtherPages(path));
    if (file === undefined) return undefined;
    const kept = await this.#kept(file);
    if (kept !== undefined) return kept;
    try {
      await this.#fetchFile(file);
      return await this.#kept(file);
    } catch (error) {
      // Its server has it otherwise, or nobody answers, or there is no room: the browser asks by itself.
      if (error instanceof ShellError) return undefined;
      throw error;
    }
  }

  /** A page that was open before another release was taken still asks for its scripts. */
  async #ofOtherPages(path: string): Promise<ReleaseFile | undefined> {
    if (!path.startsWith(HASHED)) return undefined;
    for (const id of await this.#ports.heldReleases()) {
      const file = findFile(await this.#release(id), path);
      if (file !== undefined) return file;
    }
    return undefined;
  }

  async #fetchMissing(release: Release, onProgress: OnProgress | undefined): Promise<void> {
    const missing = await this.#missing(release);
    const total = missing.reduce((sum, file) => sum + file.bytes, 0);
    let bytes = 0;
    const rest = missing.values();
    const fetchRest = async (): Promise<void> => {
      for (const file of rest) {
        await this.#fetchFile(file);
        bytes += file.bytes;
        onProgress?.(bytes, total);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, fetchRest));
  }

  async #missing(release: Release): Promise<ReleaseFile[]> {
    const kept = new Set((await (await this.#cache()).keys()).map(({ url }) => url));
    return release.shell.filter((file) => !kept.has(this.#fileKey(file)));
  }

  async #fetchFile(file: ReleaseFile): Promise<void> {
    const { path } = file;
    const url = new URL(path, this.#ports.scope).href;
    let response: Response;
    let bytes: ArrayBuffer;
    try {
      response = await this.#ports.fetch(url, path.startsWith(HASHED) ? "default" : "no-cache");
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      bytes = await response.arrayBuffer();
    } catch (cause) {
      throw new ShellError("network", `${path}: ${String(cause)}`, cause);
    }
    if ((await sha256Hex(bytes)) !== file.sha256)
      throw new ShellError("altered", `${path} is not the file that the release names`);
    // Made anew: a redirected answer may not be given to a navigation, and the bytes are no longer compressed.
    const headers = new Headers(response.headers);
    for (const name of ["content-encoding", "content-length"]) headers.delete(name);
    await this.#put(this.#fileKey(file), new Response(bytes, { headers }));
  }

  async #kept(file: ReleaseFile): Promise<Response | undefined> {
    return (await this.#cache()).match(this.#fileKey(file));
  }

  async #current(): Promise<Release | undefined> {
    const { current } = await this.#state();
    return current === undefined ? undefined : this.#release(current);
  }

  async #state(): Promise<ShellState> {
    return readState(await this.#read(this.#key("state")));
  }

  async #release(id: string): Promise<Release | undefined> {
    if (id === this.#ports.own.id) return this.#ports.own;
    return readRelease(await this.#read(this.#releaseKey(id)));
  }

  async #writeState(state: ShellState): Promise<void> {
    await this.#write(this.#key("state"), JSON.stringify(state));
  }

  async #read(key: string): Promise<string | undefined> {
    return (await (await this.#cache()).match(key))?.text();
  }

  async #write(key: string, json: string): Promise<void> {
    await this.#put(key, new Response(json, { headers: { "content-type": "application/json" } }));
  }

  async #put(key: string, response: Response): Promise<void> {
    try {
      await (await this.#cache()).put(key, response);
    } catch (cause) {
      throw new ShellError("full", String(cause), cause);
    }
  }

  /** Opened each time: one that was opened before the browser removed it would go on as if nothing were. */
  #cache(): Promise<ShellCache> {
    return this.#ports.openCache();
  }

  #fileKey(file: ReleaseFile): string {
    return fileKey(this.#ports.scope, file);
  }

  #releaseKey(id: string): string {
    return this.#key(`release/${id}`);
  }

  #key(name: string): string {
    return new URL(`drydock-shell/${name}`, this.#ports.scope).href;
  }
}

function findFile(release: Release | undefined, path: string): ReleaseFile | undefined {
  const is = (file: ReleaseFile): boolean => file.path === path;
  return release?.shell.find(is) ?? release?.lessons.find(is);
}

async function sha256Hex(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
