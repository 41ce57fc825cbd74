/**
 * Notices a worker that has gone without an `error` event: some browsers end one quietly when memory runs out.
 *
 * It counts its own ticks and not time: a laptop that slept, or a background tab whose timers are held back, sees few
 * ticks, so that neither takes a healthy worker for a dead one.
 */
export interface LivenessOptions {
  /** Asks the worker for anything; resolves or rejects when it has answered. */
  ping(): Promise<unknown>;
  /** Called once, when `misses` ticks in a row have passed with no answer. */
  onSilence(): void;
  /** Calls `tick` again and again until the returned function is called. */
  every(tick: () => void): () => void;
  readonly misses: number;
}

/** Starts the watch; the returned function ends it. */
export function watchLiveness(options: LivenessOptions): () => void {
  let missed = 0;
  let waiting = false;
  const answered = (): void => {
    waiting = false;
    missed = 0;
  };
  const stop = options.every(() => {
    if (!waiting) {
      waiting = true;
      options.ping().then(answered, answered);
      return;
    }
    missed += 1;
    if (missed < options.misses) return;
    stop();
    options.onSilence();
  });
  return stop;
}
