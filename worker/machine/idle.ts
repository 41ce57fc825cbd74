/** Whether the guest has something to do: what can wait, waits until it has not. */
import { throwIfAborted } from "../disk/chunk-fetcher";

/** Milliseconds between two looks, and the instructions in between up to which a guest is idle; a busy one executes millions. */
const LOOK_MS = 100;
const IDLE_INSTRUCTIONS = 400_000;
/** Looks after which a guest that is always busy is waited for no longer. */
const MOST_LOOKS = 50;

/**
 * Resolves when the guest has had next to nothing to do for a tenth of a second, at the latest after five seconds.
 * @param processor counts the instructions that it executed
 * @throws DrydockError `aborted`
 */
export async function whenIdle(
  processor: { readonly instructions: number },
  signal: AbortSignal,
): Promise<void> {
  let before = processor.instructions;
  for (let look = 0; look < MOST_LOOKS; look++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    throwIfAborted(signal);
    const now = processor.instructions;
    if (now - before <= IDLE_INSTRUCTIONS) return;
    before = now;
  }
}
