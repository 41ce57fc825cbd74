import type { Clock } from "../clock";
import { seqDiff } from "./sequence";

const FIRST_TIMEOUT_MS = 1000;
/**
 * RFC 6298 §2.4 recommends a second at least, and here it is right: the wire loses nothing, but the guest may stand
 * still for hundreds of milliseconds while its code is compiled or a disk block is fetched.
 */
const MIN_TIMEOUT_MS = 1000;
/**
 * RFC 6298 §2.5 wants a minute at least, for the sake of the Internet's queues. This wire has none, and a dozen tries in
 * the time that a connection bears get through where half a dozen would not.
 */
const MAX_TIMEOUT_MS = 10_000;

/** The retransmission timeout from measured round trips (RFC 6298), one measurement at a time (Karn's rule). */
export class RoundTrip {
  readonly #clock: Clock;
  #smoothed: number | undefined;
  #variation = 0;
  #backoff = 0;
  #timed: { readonly seq: number; readonly at: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long to wait for an acknowledgement, in milliseconds. */
  get timeout(): number {
    const base =
      this.#smoothed === undefined
        ? FIRST_TIMEOUT_MS
        : Math.max(MIN_TIMEOUT_MS, this.#smoothed + 4 * this.#variation);
    return Math.min(MAX_TIMEOUT_MS, base * 2 ** this.#backoff);
  }

  /** New data up to `seq` was sent, for the first time. */
  sent(seq: number): void {
    this.#timed ??= { seq, at: this.#clock.now() };
  }

  /** Everything before `ack` has arrived: an end to backing off. */
  acknowledged(ack: number): void {
    this.settle();
    if (this.#timed === undefined || seqDiff(ack, this.#timed.seq) < 0) return;
    const measured = this.#clock.now() - this.#timed.at;
    this.#timed = undefined;
    if (this.#smoothed === undefined) {
      this.#smoothed = measured;
      this.#variation = measured / 2;
    } else {
      this.#variation += (Math.abs(this.#smoothed - measured) - this.#variation) / 4;
      this.#smoothed += (measured - this.#smoothed) / 8;
    }
  }

  /** The peer answers: wait no longer than usual. */
  settle(): void {
    this.#backoff = 0;
  }

  /** Something is sent again: its acknowledgement would tell nothing about time. */
  ambiguous(): void {
    this.#timed = undefined;
  }

  /** The timeout passed: wait twice as long next time. */
  backOff(): void {
    this.#backoff = Math.min(this.#backoff + 1, 16);
    this.#timed = undefined;
  }
}
