/** What a failure's page says. */
import type { SerialisedError } from "../../../contract/errors";
import type { Dictionary } from "../../i18n/zh-cn";
import { WORKER_SCRIPT } from "../../vm/worker-link";
import { FAILURE_PLANS } from "./failure-plan";

export interface FailureText {
  readonly heading: string;
  /** What happened, a paragraph each. */
  readonly body: readonly string[];
  /** What helps. */
  readonly tips: readonly string[];
}

/** @param online whether the browser says that it is */
export function failureText(error: SerialisedError, t: Dictionary, online: boolean): FailureText {
  const { page } = FAILURE_PLANS[error.code];
  const { failures } = t;
  switch (page) {
    case "browser": {
      const { heading, body, tips } = failures.browser;
      return {
        heading,
        body: [body(error.subject === "module Worker" ? error.subject : "WebAssembly")],
        tips,
      };
    }
    case "network": {
      const { heading, offline, online: answered, kept } = failures.network;
      return { heading, body: [online ? answered : offline, kept], tips: [] };
    }
    case "worker":
      // A worker whose script never came has not died of anything.
      return plain(error.subject === WORKER_SCRIPT ? failures.script : failures.worker);
    default:
      return plain(failures[page]);
  }
}

function plain(text: {
  readonly heading: string;
  readonly body: string;
  readonly tips?: readonly string[];
}): FailureText {
  return { heading: text.heading, body: [text.body], tips: text.tips ?? [] };
}
