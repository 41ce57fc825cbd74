/** The pane's history: the visited pages, and which one is shown. Pure, so that tests need no frame. */
import type { GuestRequest } from "../../contract/guest-request";

export interface Visit {
  readonly request: GuestRequest;
  readonly url: string;
  /** Which document: `pushState` and fragments make several visits to one. */
  readonly document: number;
  /** The entry of the document's own history, from 0. */
  readonly entry: number;
}

export interface Visits {
  readonly all: readonly Visit[];
  /** -1 before the first. */
  readonly at: number;
}

export const NO_VISITS: Visits = { all: [], at: -1 };
const MAX_VISITS = 100;

export function presentVisit({ all, at }: Visits): Visit | undefined {
  return all[at];
}

/** A new document: in place of what came after the present one, or of the present one itself. */
export function visit(visits: Visits, next: Visit, replace: boolean): Visits {
  const kept = visits.all.slice(0, Math.max(replace ? visits.at : visits.at + 1, 0));
  const all = [...kept, next].slice(-MAX_VISITS);
  return { all, at: all.length - 1 };
}

/** The present document has put an entry into its own history, or changed the present one. */
export function enter(visits: Visits, url: string, isNew: boolean): Visits {
  const present = presentVisit(visits);
  if (present === undefined) return visits;
  const request: GuestRequest = { ...present.request, method: "GET", body: undefined, url };
  const entry = present.entry + (isNew ? 1 : 0);
  return visit(visits, { request, url, document: present.document, entry }, !isNew);
}

/** Where `delta` leads, within what there is. */
export function step({ all, at }: Visits, delta: number): number {
  return Math.min(Math.max(at + delta, 0), all.length - 1);
}
