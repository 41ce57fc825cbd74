/**
 * What the page and its service worker agree on. Types and names alone, so that the service worker carries no schema
 * library.
 *
 * A release is all that makes one version of the site but its chunks: the page's files, and the manifest and the
 * catalogue that name its chunks. It is taken whole, and only when the learner agrees.
 */

/** Beside `index.html`. */
export const RELEASE_FILE = "release.json";
export const SERVICE_WORKER_FILE = "sw.js";
export const RELEASE_FORMAT = 1;

/** The cache of the releases' files. Its name goes on with `:` and the path of the site. */
export const SHELL_CACHE = "drydock-shell-1";

/** The name of the Web Lock that a page holds, shared, while it is open. It goes on with the path and the release. */
export const RELEASE_LOCK = "drydock-release";

export interface ReleaseFile {
  /** Relative to `index.html`. */
  readonly path: string;
  /** Of its bytes, in lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface Release {
  readonly format: typeof RELEASE_FORMAT;
  /** The sha256 of its files' names and digests. */
  readonly id: string;
  /** What the page may need at any moment: kept from the first visit on. */
  readonly shell: readonly ReleaseFile[];
  /** Kept when they were opened. */
  readonly lessons: readonly ReleaseFile[];
}

/** Where a file of a release is kept: two releases may have it under one path with other bytes. */
export function fileKey(scope: string, { path, sha256 }: ReleaseFile): string {
  const url = new URL(path, scope);
  url.search = `sha256=${sha256}`;
  return url.href;
}

/** Asked over a port that comes along; the answers are `ShellAnswer`s. */
export type ShellQuestion =
  /** What there is. */
  | { readonly type: "status" }
  /** Fetch the release that the service worker came with, and have the next page be of it. */
  | { readonly type: "take" }
  /** Have the next page be of the release before. */
  | { readonly type: "back" }
  /** A page of this release has a running machine: what went before is needed no more. */
  | { readonly type: "settled"; readonly release: string };

export type ShellFailure =
  /** A file could not be fetched. */
  | "network"
  /** A file is not the one that the release names: the site is being updated, or its host changes files. */
  | "altered"
  /** The browser gives no more room. */
  | "full"
  /** Nothing to go back to. */
  | "missing";

export interface ShellStatus {
  readonly type: "status";
  /** The release that pages are of. */
  readonly current: string | undefined;
  /** Another one that the site has now. */
  readonly offered: string | undefined;
  /** The one before, as long as the present one has not shown that it works. */
  readonly previous: string | undefined;
}

export type ShellAnswer =
  | ShellStatus
  /** Bytes of those that are missing. */
  | { readonly type: "progress"; readonly bytes: number; readonly total: number }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly reason: ShellFailure; readonly message: string };

/** Told to all pages when there may be something new to ask for. */
export const SHELL_NEWS = "drydock-shell-news";
