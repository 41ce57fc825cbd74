/** Cancellation of what is asked of the agent: a `DrydockError` with the code `aborted`. */
import { abortable as endedBy, onAbort as whenAborted } from "../abort";
import { DrydockError } from "../../contract/errors";

function abortError(signal: AbortSignal): DrydockError {
  return new DrydockError("aborted", "the request to the agent was cancelled", { cause: signal.reason });
}

/** Throws `aborted` when the signal has fired already. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

/** Calls `action` once when the signal fires. The answer takes the listener away. */
export function onAbort(signal: AbortSignal | undefined, action: (reason: DrydockError) => void): () => void {
  return whenAborted(signal, (fired) => action(abortError(fired)));
}

/** The work's outcome, or `aborted` as soon as the signal fires. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return endedBy(work, signal, abortError);
}
