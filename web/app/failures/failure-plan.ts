/** Which page each failure gets, and the ways on from it. The type makes sure that no code is left out. */
import type { ErrorCode } from "../../../contract/errors";

export type FailurePageName =
  | "browser"
  | "origin"
  | "memory"
  | "network"
  | "chunk"
  | "manifest"
  | "version"
  | "snapshot"
  | "agent"
  | "worker"
  | "internal";

/**
 * `retry` goes on from what is there; `check-again`, `start-again` and `new-machine` are starts under the name that
 * fits; `reload` loads the page anew.
 */
export type FailureAction = "retry" | "check-again" | "start-again" | "new-machine" | "reload";

export interface FailurePlan {
  readonly page: FailurePageName;
  /** The first is the one to try first. */
  readonly actions: readonly [FailureAction, ...FailureAction[]];
  /** Goes on by itself when the browser is online again. */
  readonly resumesOnline: boolean;
  /** The error's subject helps the learner, so that the page shows it. */
  readonly namesSubject: boolean;
}

const INTERNAL: FailurePlan = {
  page: "internal",
  actions: ["start-again", "reload"],
  resumesOnline: false,
  namesSubject: false,
};

export const FAILURE_PLANS: Readonly<Record<ErrorCode, FailurePlan>> = {
  "no-webassembly": { page: "browser", actions: ["check-again"], resumesOnline: false, namesSubject: false },
  "insecure-origin": { page: "origin", actions: ["reload"], resumesOnline: false, namesSubject: false },
  "out-of-memory": { page: "memory", actions: ["start-again"], resumesOnline: false, namesSubject: false },
  network: { page: "network", actions: ["retry"], resumesOnline: true, namesSubject: true },
  "bad-chunk": { page: "chunk", actions: ["retry"], resumesOnline: false, namesSubject: true },
  "bad-manifest": {
    page: "manifest",
    actions: ["retry", "reload"],
    resumesOnline: false,
    namesSubject: false,
  },
  "version-mismatch": { page: "version", actions: ["reload"], resumesOnline: false, namesSubject: false },
  "bad-snapshot": {
    page: "snapshot",
    actions: ["reload", "start-again"],
    resumesOnline: false,
    namesSubject: false,
  },
  agent: { page: "agent", actions: ["start-again"], resumesOnline: false, namesSubject: false },
  "worker-died": {
    page: "worker",
    actions: ["new-machine", "reload"],
    resumesOnline: false,
    namesSubject: false,
  },
  aborted: INTERNAL,
  "bad-request": INTERNAL,
  internal: INTERNAL,
};
