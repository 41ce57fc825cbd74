/** A wire between two ports, for tests: it may lose, double, delay, cut and alter what it carries. */
import type { Clock } from "../clock";
import type { EthernetPort } from "../ethernet";

/** What happens to a frame, each with a probability from 0 to 1. */
export interface WireFaults {
  readonly loss?: number;
  readonly duplication?: number;
  /** Held back by up to `reorderingMs`, so that later frames pass it. */
  readonly reordering?: number;
  readonly reorderingMs?: number;
  readonly truncation?: number;
  /** One bit of the frame is inverted. */
  readonly bitFlip?: number;
}

export interface WireOptions {
  readonly clock: Clock;
  /** How long a frame takes, in milliseconds. */
  readonly delayMs: number;
  readonly faults?: WireFaults;
  /** From 0 up to, not including, 1. */
  readonly random?: () => number;
}

interface WireCounts {
  sent: number;
  lost: number;
  doubled: number;
  delayed: number;
  cut: number;
  flipped: number;
}

export interface Wire {
  readonly ends: readonly [EthernetPort, EthernetPort];
  readonly counts: WireCounts;
  /** What is on the wire now. */
  readonly inFlight: () => number;
  /** Delivers a frame of the caller's own making to one of the ends. */
  readonly inject: (end: 0 | 1, frame: Uint8Array) => void;
  /** Loses everything from now on, until it is mended. */
  readonly cut: () => void;
  readonly mend: () => void;
}

export function createWire(options: WireOptions): Wire {
  const { clock, delayMs, faults = {}, random = Math.random } = options;
  const counts: WireCounts = { sent: 0, lost: 0, doubled: 0, delayed: 0, cut: 0, flipped: 0 };
  const listeners: [Set<(frame: Uint8Array) => void>, Set<(frame: Uint8Array) => void>] = [
    new Set(),
    new Set(),
  ];
  let inFlight = 0;
  let whole = true;
  const happens = (probability: number | undefined): boolean =>
    probability !== undefined && probability > 0 && random() < probability;

  const alter = (frame: Uint8Array): Uint8Array => {
    let altered = frame.slice();
    if (happens(faults.truncation)) {
      counts.cut += 1;
      altered = altered.slice(0, Math.floor(random() * altered.length));
    }
    if (altered.length > 0 && happens(faults.bitFlip)) {
      counts.flipped += 1;
      const at = Math.floor(random() * altered.length);
      altered[at] = (altered[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    }
    return altered;
  };

  const carry = (frame: Uint8Array, to: 0 | 1): void => {
    let delay = delayMs;
    if (happens(faults.reordering)) {
      counts.delayed += 1;
      delay += random() * (faults.reorderingMs ?? 10);
    }
    const arrived = alter(frame);
    inFlight += 1;
    const deliver = (): void => {
      inFlight -= 1;
      for (const listener of listeners[to]) listener(arrived);
    };
    if (delay === 0) clock.defer(deliver);
    else clock.setTimer(delay, deliver);
  };

  const end = (from: 0 | 1): EthernetPort => ({
    send(frame) {
      counts.sent += 1;
      if (!whole || happens(faults.loss)) {
        counts.lost += 1;
        return true;
      }
      carry(frame, from === 0 ? 1 : 0);
      if (happens(faults.duplication)) {
        counts.doubled += 1;
        carry(frame, from === 0 ? 1 : 0);
      }
      return true;
    },
    onFrame(listener) {
      listeners[from].add(listener);
      return () => listeners[from].delete(listener);
    },
  });
  return {
    ends: [end(0), end(1)],
    counts,
    inFlight: () => inFlight,
    inject: (to, frame) => {
      for (const listener of listeners[to]) listener(frame);
    },
    cut: () => (whole = false),
    mend: () => (whole = true),
  };
}
