/**
 * Connections of every kind between two endpoints over a wire that loses, doubles, delays, cuts and alters frames, with
 * frames of random bytes in between. Each round must end: every connection closed on both sides, every byte that was
 * read the right one, no timer left. All of it follows from the seed.
 */
import { LanError } from "../errors";
import type { Connection } from "../tcp/streams";
import { createPair, type Pair, readPattern, type ReadOutcome, sendPattern } from "./pair";
import { seededRandom } from "./random";
import { VirtualClock } from "./virtual-clock";

/** No connection may need longer than this, in virtual time, whatever happens to it. */
const ROUND_LIMIT_MS = 2 * 60 * 60 * 1000;
const CONNECTIONS_A_ROUND = 12;
const PORT = 7;

export interface FuzzCounts {
  rounds: number;
  /** Frames that the endpoints sent, and what the wire did to them. */
  frames: number;
  lost: number;
  doubled: number;
  delayed: number;
  cut: number;
  flipped: number;
  /** Frames of random bytes. */
  garbage: number;
  /** Connections asked for, and how their two ends ended. */
  connections: number;
  endedWell: number;
  endedBadly: Record<string, number>;
  /** Bytes read and compared. */
  bytes: number;
}

export interface FuzzOptions {
  /** Rounds are played until this many frames were sent. */
  readonly frames: number;
  readonly seed: number;
  /** See `VirtualClock`. */
  readonly settle: () => Promise<void>;
}

/** Throws when an endpoint breaks a promise; the message names the round's seed. */
export async function fuzz(options: FuzzOptions): Promise<FuzzCounts> {
  const counts: FuzzCounts = {
    rounds: 0,
    frames: 0,
    lost: 0,
    doubled: 0,
    delayed: 0,
    cut: 0,
    flipped: 0,
    garbage: 0,
    connections: 0,
    endedWell: 0,
    endedBadly: {},
    bytes: 0,
  };
  for (let seed = options.seed; counts.frames < options.frames; seed += 1) {
    try {
      await playRound(seed, options.settle, counts);
    } catch (error) {
      throw new Error(`the round of seed ${seed} failed`, { cause: error });
    }
  }
  // At a loss of one in ten a dozen tries in vain are rarer than that; more of them were a deadlock once.
  const gaveUp = counts.endedBadly.timeout ?? 0;
  if (gaveUp > counts.connections / 1000)
    throw new Error(`${gaveUp} of ${counts.connections} connections gave up`);
  return counts;
}

async function playRound(seed: number, settle: () => Promise<void>, counts: FuzzCounts): Promise<void> {
  const random = seededRandom(seed);
  const clock = new VirtualClock(settle);
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const pair = createPair({
    clock,
    random,
    delayMs: random() * 5,
    faults: {
      loss: Math.min(0.1, random() * 0.13),
      duplication: random() * 0.05,
      reordering: random() * 0.1,
      reorderingMs: random() * 30,
      truncation: random() * 0.02,
      bitFlip: random() * 0.02,
    },
    both: {
      mtu: [576, 1500, 1500, 4000][upTo(3)] ?? 1500,
      tcp: { receiveBytes: 2000 + upTo(200_000), sendBytes: 2000 + upTo(200_000) },
      initialSequence: () => (0xffff_ffff - upTo(300_000)) % 0x1_0000_0000,
    },
  });
  const stopGarbage = sendGarbage(pair, clock, random, counts);
  const ends: Promise<void>[] = [];
  /** Connections that one end aborted, gave up, or ended well: only these may be reset at the other end. */
  const over = new Set<string>();
  const wereReset = new Set<string>();
  const play = (connection: Connection, side: 0 | 1): void => {
    const end = playEnd(connection, side, clock, random).then((outcome) => {
      counts.bytes += outcome.bytes;
      const name = [connection.local, connection.remote]
        .map(({ address, port }) => `${address}:${port}`)
        .sort();
      if (outcome.aborted || outcome.error?.code !== "reset") over.add(name.join());
      if (outcome.error === undefined) counts.endedWell += 1;
      else countError(outcome.error, counts);
      if (outcome.error?.code === "reset") wereReset.add(name.join());
    });
    // It is awaited when the round is over; until then Node must not end because of a failure.
    end.catch(() => undefined);
    ends.push(end);
  };
  pair.host.listen({ port: PORT }, (connection) => play(connection, 0));
  pair.guest.listen({ port: PORT }, (connection) => play(connection, 0));
  const opening = Array.from({ length: CONNECTIONS_A_ROUND }, async () => {
    counts.connections += 1;
    await sleep(clock, random() * 2000);
    const outwards = random() < 0.5;
    const [from, address] = outwards ? [pair.guest, "10.0.2.2"] : [pair.host, "10.0.2.15"];
    try {
      play(await from.connect({ address, port: PORT }), 1);
    } catch (error) {
      countError(error, counts);
    }
  });
  await clock.wait(Promise.all(opening), ROUND_LIMIT_MS);
  const settled = (): boolean => pair.host.figures().connections + pair.guest.figures().connections === 0;
  await clock.until(settled, ROUND_LIMIT_MS);
  await clock.wait(Promise.all(ends), ROUND_LIMIT_MS);
  // After a good end: its last acknowledgement was lost until TIME-WAIT was over.
  for (const name of wereReset) {
    if (!over.has(name)) throw new Error(`${name} was reset, and nobody ended it`);
  }
  stopGarbage();
  await clock.advance(10_000);
  if (clock.timers > 0) throw new Error(`${clock.timers} timers are left`);
  pair.close();

  const { wire } = pair;
  counts.rounds += 1;
  counts.frames += wire.counts.sent;
  counts.lost += wire.counts.lost;
  counts.doubled += wire.counts.doubled;
  counts.delayed += wire.counts.delayed;
  counts.cut += wire.counts.cut;
  counts.flipped += wire.counts.flipped;
}

interface EndOutcome {
  /** Read, and all of them the right ones. */
  readonly bytes: number;
  /** This end called `abort`. */
  readonly aborted: boolean;
  readonly error: LanError | undefined;
}

/** One end of a connection: writes and reads, each in a way of its own, and ends one way or another. */
async function playEnd(
  connection: Connection,
  side: 0 | 1,
  clock: VirtualClock,
  random: () => number,
): Promise<EndOutcome> {
  const port = side === 0 ? connection.remote.port : connection.local.port;
  const start = (port * 65_537 + side * 0x2000_0000) % 0x3fff_ffff;
  const startOfOther = (port * 65_537 + (1 - side) * 0x2000_0000) % 0x3fff_ffff;
  const chunk = 1 + Math.floor(random() ** 2 * 20_000);
  const sleepy = random() < 0.3 ? random() * 20_000 : 0;
  const aborted = random() < 0.1;
  const outcome: ReadOutcome = { length: 0, difference: -1 };
  const reading = readPattern(connection, startOfOther, outcome, (read) => {
    // A long sleep once in a while.
    return sleepy > 0 && read > 0 && random() < 0.05 ? sleep(clock, sleepy) : Promise.resolve();
  });
  const writing = sendPattern(connection, start, lengthOf(port, side), () => Math.ceil(random() * chunk));
  const both = Promise.allSettled([reading, writing]);
  if (aborted) {
    await sleep(clock, random() * 5000);
    connection.abort();
  }
  const failures = (await both).flatMap((result): unknown[] =>
    result.status === "rejected" ? [result.reason] : [],
  );
  const end = await connection.closed;

  const { length: bytes, difference } = outcome;
  if (difference >= 0) throw new Error(`a wrong byte at ${difference} of ${bytes}`);
  for (const failure of failures) if (!(failure instanceof LanError)) throw failure;
  const [failure] = failures;
  const error = end ?? (failure instanceof LanError ? failure : undefined);
  if (error === undefined) {
    const expected = lengthOf(port, side === 0 ? 1 : 0);
    if (bytes !== expected) throw new Error(`${bytes} bytes came of ${expected}`);
  } else if (end === undefined && !aborted) {
    // Our own abort after a good end costs the reader what it had not read; nothing else may.
    throw new Error("a good end of a bad connection", { cause: error });
  }
  return { bytes, aborted, error };
}

/** How much a side sends over the connection that has this port: most a little, some a lot, some nothing. */
function lengthOf(port: number, side: 0 | 1): number {
  const random = seededRandom(port * 2 + side);
  return random() < 0.05 ? 0 : Math.floor(random() ** 3 * 150_000);
}

function countError(error: unknown, counts: FuzzCounts): void {
  if (!(error instanceof LanError)) throw error;
  counts.endedBadly[error.code] = (counts.endedBadly[error.code] ?? 0) + 1;
}

function sleep(clock: VirtualClock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.setTimer(ms, resolve));
}

/** Frames of random bytes to both ends, now and then with a header that looks right. */
function sendGarbage(pair: Pair, clock: VirtualClock, random: () => number, counts: FuzzCounts): () => void {
  let cancel = (): void => undefined;
  const again = (): void => {
    const bytes = Uint8Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256));
    const end = random() < 0.5 ? 0 : 1;
    const mac = end === 0 ? [2, 0, 10, 0, 2, 2] : [0x52, 0x54, 0, 0x12, 0x34, 0x56];
    if (random() < 0.7 && bytes.length > 40) {
      bytes.set(mac);
      bytes.set(random() < 0.5 ? [0x08, 0x00, 0x45] : [0x08, 0x06, 0, 1, 8, 0, 6, 4, 0], 12);
    }
    counts.garbage += 1;
    pair.wire.inject(end, bytes);
    cancel = clock.setTimer(random() * 400, again);
  };
  again();
  return () => cancel();
}
