/** Cancellation, the same way everywhere in this folder. */
import { DrydockError } from "../errors";

function abortError(signal: AbortSignal): DrydockError {
  return new DrydockError("aborted", "the request to the agent was cancelled", { cause: signal.reason });
}

/** Throws `aborted` when the signal has fired already. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

/** Calls `action` once when the signal fires. The answer takes the listener away. */
export function onAbort(signal: AbortSignal | undefined, action: (reason: DrydockError) => void): () => void {
  if (!signal) return () => undefined;
  const listener = () => action(abortError(signal));
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

/** The work's outcome, or `aborted` as soon as the signal fires. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  throwIfAborted(signal);
  let forget = (): void => undefined;
  const cancelled = new Promise<never>((_resolve, reject) => {
    forget = onAbort(signal, reject);
  });
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    forget();
  }
}
