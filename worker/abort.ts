/** Cancellation, the same way everywhere. */

/** Calls `action` once when the signal fires. The answer takes the listener away. */
export function onAbort(signal: AbortSignal | undefined, action: (signal: AbortSignal) => void): () => void {
  if (signal === undefined) return () => undefined;
  const listener = (): void => action(signal);
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

/** The work's outcome, or as soon as the signal fires `reasonOf` it, which is its own reason by default. */
export async function abortable<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  reasonOf: (signal: AbortSignal) => Error = ownReason,
): Promise<T> {
  let forget = (): void => undefined;
  const cancelled = new Promise<never>((_resolve, reject) => {
    const fail = (fired: AbortSignal): void => reject(reasonOf(fired));
    if (signal?.aborted === true) fail(signal);
    else forget = onAbort(signal, fail);
  });
  try {
    return await Promise.race([cancelled, work]);
  } finally {
    forget();
  }
}

function ownReason({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error("aborted", { cause: reason });
}

/** Waits, or less long when the signal fires. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      forget();
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    const forget = onAbort(signal, end);
  });
}
