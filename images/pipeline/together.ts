/** Work side by side that succeeds as a whole or not at all. */

type Tasks<T extends readonly unknown[]> = {
  readonly [K in keyof T]: (signal: AbortSignal) => Promise<T[K]>;
};

/**
 * Runs all tasks and waits until each has ended, so that nothing goes on behind an error. The first that fails, or `outer`,
 * stops the others by the signal that they are given.
 * @throws the first failure, or the reason of `outer`
 */
export async function together<T extends readonly unknown[]>(
  tasks: Tasks<T>,
  outer?: AbortSignal,
): Promise<{ -readonly [K in keyof T]: T[K] }> {
  const stop = new AbortController();
  const signal = outer === undefined ? stop.signal : AbortSignal.any([outer, stop.signal]);
  const running = tasks.map(async (task) => {
    try {
      return await task(signal);
    } catch (error) {
      if (!signal.aborted) stop.abort(error);
      throw signal.reason;
    }
  });
  await Promise.allSettled(running);
  return (await Promise.all(running)) as { -readonly [K in keyof T]: T[K] };
}
