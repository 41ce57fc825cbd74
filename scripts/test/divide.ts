/** Work for several machines that are there at once. */

/** Files of a project that has a machine each; as many run at a time (vitest.config.ts). */
export const LANES = 2;

/** The tag (vitest.config.ts) of tests that are part of `npm test`; the others of their project are left to its own command. */
export const BRIEF = "brief";

/** Items that stay together and in their order. */
export interface Load<Item> {
  readonly items: readonly Item[];
  /** How long they take, in any unit. */
  readonly weight: number;
  /** Whether they are part of `npm test`, whose lanes have to be even too. */
  readonly brief: boolean;
}

/** Deals the loads out so that each lane gets about as much: the heaviest first, each to the lane that has least. */
export function divide<Item>(loads: readonly Load<Item>[], lanes: number): Item[][] {
  const dealt = Array.from({ length: lanes }, () => ({ weight: 0, loads: [] as Load<Item>[] }));
  const byWeight = [...loads].sort((a, b) => Number(b.brief) - Number(a.brief) || b.weight - a.weight);
  for (const load of byWeight) {
    const lightest = dealt.reduce((least, lane) => (lane.weight < least.weight ? lane : least));
    lightest.weight += load.weight;
    lightest.loads.push(load);
  }
  const inOrder = (a: Load<Item>, b: Load<Item>): number => loads.indexOf(a) - loads.indexOf(b);
  return dealt.map((lane) => lane.loads.sort(inOrder).flatMap(({ items }) => items));
}
