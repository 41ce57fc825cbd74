/** Measures the peer with the commands of the figures that were measured here, and compares. */
import { COMPOSE_SHOP, composeUp } from "../compose-shop";
import type { Measurement } from "../figure";
import { FIRST_MINUTE } from "../first-minute";
import { describeSeconds, planFirstMinute, type SecondsByName } from "../plan";
import type { RunCommand } from "../run-in-guest";
import { renderTable } from "../table";
import type { Peer } from "./qemu";

/** Figures that can be compared. */
export const COMPARABLE: readonly string[] = [FIRST_MINUTE, COMPOSE_SHOP];

export interface PeerPlan {
  /** Names of the figures whose commands the peer runs. */
  readonly figures: readonly string[];
  readonly runs: number;
  readonly say: (text: string) => void;
}

/** What the peer takes, in its own figures: `peer-first-minute-ps-first` and so on. */
export async function measurePeer(peer: Peer, { figures, runs, say }: PeerPlan): Promise<Measurement[]> {
  const where = `qemu-system-i386 ${peer.version}, TCG`;
  const measured: Measurement[] = [
    { name: "peer-ready", value: peer.readySeconds, unit: "s", note: `${where}, from its start` },
  ];
  if (figures.includes(FIRST_MINUTE)) {
    say("the peer's first minute");
    const seconds = await runPlan(peer.run, runs);
    measured.push(...describeSeconds(`peer-${FIRST_MINUTE}`, seconds, where));
  }
  if (figures.includes(COMPOSE_SHOP)) {
    say("the peer's compose project");
    const value = await composeUp(peer.run, say);
    measured.push({ name: `peer-${COMPOSE_SHOP}-up`, value, unit: "s", note: where });
  }
  return measured;
}

async function runPlan(run: RunCommand, runs: number): Promise<SecondsByName> {
  const seconds: Record<string, number[]> = {};
  for (const { name, command } of planFirstMinute(runs)) {
    (seconds[name] ??= []).push((await run(command)).seconds);
  }
  return seconds;
}

interface Pair {
  readonly name: string;
  readonly ours: number;
  readonly peers: number;
}

/** The times that both have, in our order. */
function pairUp(ours: readonly Measurement[], peers: readonly Measurement[]): Pair[] {
  const theirs = new Map(peers.map(({ name, value }) => [name, value]));
  return ours.flatMap(({ name, value, unit }): Pair[] => {
    const other = theirs.get(`peer-${name}`);
    return other === undefined || unit !== "s" || other === 0 ? [] : [{ name, ours: value, peers: other }];
  });
}

/**
 * Ours divided by the peer's, for every time that both have: below 1, ours is faster. The ratio of
 * `first-minute-ps-first` is `ratio-first-minute-ps-first`.
 */
export function compareWithPeer(ours: readonly Measurement[], peers: readonly Measurement[]): Measurement[] {
  return pairUp(ours, peers).map((pair) => ({
    name: `ratio-${pair.name}`,
    value: pair.ours / pair.peers,
    unit: "ratio",
    note: `ours ${pair.ours.toFixed(2)} s, the peer's ${pair.peers.toFixed(2)} s`,
  }));
}

/** The same as a table. */
export function renderComparison(ours: readonly Measurement[], peers: readonly Measurement[]): string {
  const rows = pairUp(ours, peers).map((pair) => [
    pair.name,
    pair.ours.toFixed(2),
    pair.peers.toFixed(2),
    (pair.ours / pair.peers).toFixed(2),
  ]);
  return renderTable([["seconds", "ours", "peer", "ours/peer"], ...rows]).join("\n");
}
