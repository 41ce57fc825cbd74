/**
 * Which text each failure gets, and the ways on from it. The type makes sure that no code is left out, and that the text
 * is there.
 */
import type { ErrorCode } from "../../../contract/errors";
import type { Dictionary } from "../../i18n/zh-cn";

/** `script` is for a worker whose script never came; the others are no pages. */
type FailurePageName = Exclude<keyof Dictionary["failures"], "subject" | "details" | "script">;

/**
 * `retry` goes on from what is there; `check-again` and `start-again` are starts under the name that fits, of the same
 * machine; `go-on` leads to what was saved, `new-machine` to a clean one; `reload` loads the page again.
 */
export type FailureAction = "retry" | "check-again" | "start-again" | "go-on" | "new-machine" | "reload";

export interface FailurePlan {
  readonly page: FailurePageName;
  /** The first is the one to try first. */
  readonly actions: readonly [FailureAction, ...FailureAction[]];
  /** Goes on by itself when the browser is online again. */
  readonly resumesOnline?: true;
  /** The error's subject helps the learner, so that the page shows it. */
  readonly namesSubject?: true;
  /** The details are what the page is for. */
  readonly opensDetails?: true;
}

const INTERNAL: FailurePlan = { page: "internal", actions: ["start-again", "reload"], opensDetails: true };

const ELSEWHERE: FailurePlan = { page: "elsewhere", actions: ["go-on", "new-machine"] };

export const FAILURE_PLANS: Readonly<Record<ErrorCode, FailurePlan>> = {
  "no-webassembly": { page: "browser", actions: ["check-again"] },
  "insecure-origin": { page: "origin", actions: ["reload"] },
  "out-of-memory": { page: "memory", actions: ["start-again"] },
  network: { page: "network", actions: ["retry"], resumesOnline: true, namesSubject: true },
  "bad-chunk": { page: "chunk", actions: ["retry"], namesSubject: true },
  "bad-manifest": { page: "manifest", actions: ["retry", "reload"] },
  "version-mismatch": { page: "version", actions: ["reload"] },
  "bad-snapshot": { page: "snapshot", actions: ["reload", "start-again"] },
  agent: { page: "agent", actions: ["start-again"] },
  // Of a machine that was just chosen the choice itself tells these three.
  "bad-save": { page: "save", actions: ["go-on", "new-machine"] },
  "session-in-use": ELSEWHERE,
  "session-taken": ELSEWHERE,
  "no-room": INTERNAL,
  "no-storage": INTERNAL,
  "worker-died": { page: "worker", actions: ["go-on", "new-machine", "reload"] },
  aborted: INTERNAL,
  "bad-request": INTERNAL,
  internal: INTERNAL,
};
