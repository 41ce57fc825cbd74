/** Which case a machine takes next. */
import type { Case } from "./case";

/** The same for cases that need the same images. */
export const imagesKey = ({ images }: Case): string => [...images].sort().join(" ");

/**
 * Takes a case out of the queue: one that needs the images that the machine has from its last case, so that they are not
 * pulled again; else one of those that the longest row of equals waits for.
 */
export function takeNext(queue: Case[], last: Case | undefined): Case | undefined {
  const same = last === undefined ? -1 : queue.findIndex((each) => imagesKey(each) === imagesKey(last));
  if (same >= 0) return queue.splice(same, 1)[0];
  const sizes = new Map<string, number>();
  for (const each of queue) sizes.set(imagesKey(each), (sizes.get(imagesKey(each)) ?? 0) + 1);
  let best = 0;
  for (const [index, each] of queue.entries()) {
    const current = queue[best];
    const size = (of: Case | undefined): number => (of === undefined ? 0 : (sizes.get(imagesKey(of)) ?? 0));
    if (size(each) > size(current)) best = index;
  }
  return queue.splice(best, 1)[0];
}
