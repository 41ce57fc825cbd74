import type { Ipv4Address, MacAddress } from "./address";
import type { Clock } from "./clock";

const MAX_KNOWN = 256;
const MAX_UNKNOWN = 32;
/** Frames kept for one address while ARP asks for it. */
const MAX_HELD_FRAMES = 32;
const ASK_EVERY_MS = 500;
const MAX_ASKS = 6;
/** A known address is not asked about again more often than this. */
const DOUBT_EVERY_MS = 1000;

interface Unknown {
  readonly frames: Uint8Array[];
  asks: number;
  cancel: () => void;
}

export interface NeighbourEvents {
  /** Send an ARP request for this address. */
  ask(address: Ipv4Address): void;
  /** Send a frame that was held back, now that its destination is known. */
  deliver(frame: Uint8Array, mac: MacAddress): void;
  /** Nobody answered for this address. */
  lost(address: Ipv4Address): void;
}

/** Which MAC address has which IPv4 address, and what waits to know. */
export class Neighbours {
  readonly #clock: Clock;
  readonly #events: NeighbourEvents;
  readonly #known = new Map<Ipv4Address, MacAddress>();
  readonly #unknown = new Map<Ipv4Address, Unknown>();
  #doubted = -Infinity;

  constructor(clock: Clock, events: NeighbourEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  find(address: Ipv4Address): MacAddress | undefined {
    return this.#known.get(address);
  }

  /** Notes who has an address; the newest word counts. Sends what was held for it. */
  learn(address: Ipv4Address, mac: MacAddress): void {
    if (this.#known.get(address) === mac) return;
    if (this.#known.size >= MAX_KNOWN && !this.#known.has(address)) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    }
    this.#known.set(address, mac);
    const unknown = this.#unknown.get(address);
    if (unknown === undefined) return;
    this.#unknown.delete(address);
    unknown.cancel();
    for (const frame of unknown.frames) this.#events.deliver(frame, mac);
  }

  /** Keeps a copy of a frame until `address` is known, and asks for it. */
  hold(address: Ipv4Address, frame: Uint8Array): void {
    let unknown = this.#unknown.get(address);
    if (unknown === undefined) {
      if (this.#unknown.size >= MAX_UNKNOWN) return;
      unknown = { frames: [], asks: 0, cancel: () => undefined };
      this.#unknown.set(address, unknown);
      this.#ask(address, unknown);
    }
    if (unknown.frames.length < MAX_HELD_FRAMES) unknown.frames.push(frame.slice());
  }

  /**
   * Frames to this address seem to be lost. No checksum guards an Ethernet header, so that what was learnt may be
   * wrong: asks again, and uses the old word until there is an answer.
   */
  doubt(address: Ipv4Address): void {
    if (!this.#known.has(address) || this.#clock.now() - this.#doubted < DOUBT_EVERY_MS) return;
    this.#doubted = this.#clock.now();
    this.#events.ask(address);
  }

  close(): void {
    for (const unknown of this.#unknown.values()) unknown.cancel();
    this.#unknown.clear();
  }

  #ask(address: Ipv4Address, unknown: Unknown): void {
    if (unknown.asks === MAX_ASKS) {
      this.#unknown.delete(address);
      this.#events.lost(address);
      return;
    }
    unknown.asks += 1;
    unknown.cancel = this.#clock.setTimer(ASK_EVERY_MS, () => this.#ask(address, unknown));
    this.#events.ask(address);
  }
}
