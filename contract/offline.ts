/**
 * The contract between the page and the worker that fills the machine's caches ahead ("make everything available
 * offline"). It is a worker of its own: it goes on while the machine is reset, and is there when no machine will start.
 */
import type { SerialisedError } from "./errors";

/** What is fetched before the prompt; what everyday commands read; the rest of the disk; the lessons. */
export const FIXED_PARTS = ["machine", "commands", "disk", "lessons"] as const;

/** One of the fixed parts, or an image of the hub by its repository: `image:library/nginx`. */
export type PartId = (typeof FIXED_PARTS)[number] | `image:${string}`;

interface SurveyedFile {
  /** Compressed, as it is fetched and kept. */
  readonly bytes: number;
  readonly kept: boolean;
}

/** What can be kept, and what is. Images share files; so do, now and then, the other parts. */
export interface Survey {
  /** The id of the release that it is of (contract/shell.ts). */
  readonly release: string;
  readonly files: readonly SurveyedFile[];
  readonly parts: readonly { readonly id: PartId; readonly files: readonly number[] }[];
}

export type FetchEnd =
  | { readonly kind: "done" }
  | { readonly kind: "stopped" }
  /** The browser gives no more room. */
  | { readonly kind: "full" }
  | { readonly kind: "failed"; readonly error: SerialisedError };

export interface Verified {
  /** Files that were looked at. */
  readonly checked: number;
  /** Of those, the ones that were not what their names say. They are dropped. */
  readonly damaged: number;
}

export interface OfflinePlaces {
  /** Absolute URLs, each with a slash at the end: of the page's folder, and of the guest's. */
  readonly siteUrl: string;
  readonly guestUrl: string;
}

export interface OfflineService {
  /** Reads what there is. Call it first, and after a change. Throws `network`, `bad-manifest`, `version-mismatch`. */
  survey(places: OfflinePlaces): Promise<Survey>;

  /** Fetches what is missing of these parts. Ends the fetch before. */
  fetch(parts: readonly PartId[], done: MessagePort): Promise<FetchEnd>;

  /** Ends what is under way; what is there stays. */
  stop(): void;

  /** Reads what is kept of these parts, hashes it, and drops what is wrong. */
  verify(parts: readonly PartId[], done: MessagePort): Promise<Verified>;

  /** Drops what is kept of these parts, but for what parts in `keep` need. */
  free(parts: readonly PartId[], keep: readonly PartId[]): Promise<void>;
}
