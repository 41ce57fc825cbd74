/** More turns than any chain of events in a test is long. */
const TURNS = 20;

/**
 * For asserting that nothing happens: waits until what was begun before has come to its end, be it on the event loop or
 * in the threads that digest. It waits for work and not for time, so that a busy machine does not cut it short.
 */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    await crypto.subtle.digest("SHA-256", new Uint8Array(64 * 1024));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
