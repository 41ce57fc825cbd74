/** Two endpoints of ours on one wire: the LAN, and one that plays the guest. */
import type { Clock } from "../clock";
import { createLan, type Lan, type LanOptions } from "../lan";
import type { Connection } from "../tcp/streams";
import { findDifference, pattern } from "./random";
import { createWire, type Wire, type WireFaults } from "./wire";

export interface Pair {
  readonly host: Lan;
  readonly guest: Lan;
  readonly wire: Wire;
  close(): void;
}

export interface PairOptions {
  readonly clock: Clock;
  readonly delayMs?: number;
  readonly faults?: WireFaults;
  readonly random?: () => number;
  /** For both ends. */
  readonly both?: Partial<LanOptions>;
  readonly host?: Partial<LanOptions>;
  readonly guest?: Partial<LanOptions>;
}

export function createPair(options: PairOptions): Pair {
  const { clock, delayMs = 1, faults = {}, random = Math.random } = options;
  const wire = createWire({ clock, delayMs, faults, random });
  const [hostEnd, guestEnd] = wire.ends;
  const host = createLan({
    clock,
    port: hostEnd,
    addresses: ["10.0.2.2", "10.0.2.3"],
    ...options.both,
    ...options.host,
  });
  const guest = createLan({
    clock,
    port: guestEnd,
    addresses: ["10.0.2.15"],
    mac: "52:54:00:12:34:56",
    gateway: "10.0.2.2",
    ...options.both,
    ...options.guest,
  });
  return {
    host,
    guest,
    wire,
    close() {
      host.close();
      guest.close();
    },
  };
}

/** Writes the pattern from `start`, in chunks of `chunkLength`, and closes. */
export async function sendPattern(
  connection: Connection,
  start: number,
  length: number,
  chunkLength: () => number,
): Promise<void> {
  const writer = connection.writable.getWriter();
  for (let sent = 0; sent < length;) {
    const chunk = Math.min(length - sent, Math.max(1, chunkLength()));
    await writer.write(pattern(start + sent, chunk));
    sent += chunk;
  }
  await writer.close();
}

export interface ReadOutcome {
  /** Bytes that came, all of them the pattern's. */
  length: number;
  /** The first position that was not the pattern's, or -1. */
  difference: number;
}

/** Reads to the end and compares with the pattern from `start`. `pause` is waited for before each read. */
export async function readPattern(
  connection: Connection,
  start: number,
  outcome: ReadOutcome = { length: 0, difference: -1 },
  pause: (length: number) => Promise<void> = () => Promise.resolve(),
): Promise<ReadOutcome> {
  const reader = connection.readable.getReader();
  for (;;) {
    await pause(outcome.length);
    const { done, value } = await reader.read();
    if (done) return outcome;
    if (outcome.difference < 0) outcome.difference = findDifference(start + outcome.length, value);
    outcome.length += value.length;
  }
}
