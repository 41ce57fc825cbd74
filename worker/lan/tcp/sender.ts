/**
 * The sending half of a connection: SND.UNA, SND.NXT, the peer's window, retransmission and probes (RFC 9293 §3.8).
 * Sequence space: the SYN, then the bytes, then the FIN. After a timeout SND.NXT goes back to SND.UNA, and everything
 * is sent again as if it were new ("go back"), until acknowledgements show what has arrived.
 */
import { type Clock, LazyTimer } from "../clock";
import { Congestion } from "./congestion";
import { RoundTrip } from "./round-trip";
import { ACK, FIN, PSH, SYN } from "./segment";
import { SendBuffer } from "./send-buffer";
import { seqAdd, seqDiff, seqMax } from "./sequence";

export interface SenderEvents {
  /** Sends `length` bytes from `offset` of the send buffer at `seq`. False when the port is full. */
  emit(seq: number, flags: number, offset: number, length: number): boolean;
  /** It is time to call `output`. */
  wake(): void;
  /** An acknowledgement is overdue: the way to the peer may be wrong. */
  doubt(): void;
  /** The peer has not answered for as long as the connection bears. */
  expired(): void;
}

/** Why `output` stopped: there is no more that may be sent now; its quota is used up; the port is full. */
export type OutputEnd = "done" | "quota" | "blocked";

export class Sender {
  readonly buffer = new SendBuffer();
  /** The longest payload of a segment, in bytes. */
  segmentSize = 536;
  /** SND.UNA, SND.NXT, and the most that SND.NXT has ever been. */
  unacknowledged: number;
  next: number;
  sent: number;
  /** SND.WND in bytes, and the most that it has ever been. */
  window = 0;
  maxWindow = 0;
  /** Shift of the peer's window fields. */
  scale = 0;
  readonly #initial: number;
  readonly #clock: Clock;
  readonly #events: SenderEvents;
  #giveUpMs: number;
  readonly #congestion = new Congestion();
  readonly #roundTrip: RoundTrip;
  /** Retransmission when something is in flight, else a probe of a closed window. */
  readonly #timer: LazyTimer;
  /** The sequence number of the buffer's first byte. */
  #bufferSeq: number;
  /** SND.WL1 and SND.WL2: the segment that the window was taken from. */
  #windowSeq = 0;
  #windowAck = 0;
  #ending = false;
  #open = false;
  /** When the peer last gave a sign that it makes progress. */
  #alive: number;

  /** `giveUpMs`: how long the SYN may stay unanswered. */
  constructor(initialSequence: number, clock: Clock, giveUpMs: number, events: SenderEvents) {
    this.#initial = initialSequence;
    this.unacknowledged = initialSequence;
    this.next = initialSequence;
    this.sent = initialSequence;
    this.#bufferSeq = seqAdd(initialSequence, 1);
    this.#clock = clock;
    this.#giveUpMs = giveUpMs;
    this.#events = events;
    this.#roundTrip = new RoundTrip(clock);
    this.#timer = new LazyTimer(clock, () => this.#onTimer());
    this.#alive = clock.now();
  }

  /** The SYN is acknowledged: data may flow. `giveUpMs`: how long it may go without progress. */
  open(giveUpMs: number): void {
    this.#open = true;
    this.#giveUpMs = giveUpMs;
    this.#alive = this.#clock.now();
  }

  /** No more bytes will be written: a FIN follows the last one. */
  end(): void {
    this.#ending = true;
  }

  get ending(): boolean {
    return this.#ending;
  }

  get finAcknowledged(): boolean {
    return this.#ending && this.unacknowledged === seqAdd(this.#finSeq, 1);
  }

  /** Something is in flight, or waits for the window. */
  get waiting(): boolean {
    if (this.next !== this.unacknowledged) return true;
    return this.#open && seqDiff(this.#finSeq, this.next) + (this.#ending ? 1 : 0) > 0;
  }

  /** Sends the SYN again, with the acknowledgement that it lacked (both sides opened at once). */
  restart(): void {
    this.next = this.#initial;
  }

  /** Sends up to `quota` segments, as far as the windows let it. */
  output(quota: number): OutputEnd {
    for (let count = 0; count < quota; count += 1) {
      const end = this.#outputOne(false);
      if (end === "blocked") return "blocked";
      if (end === "nothing") {
        if (!this.#timer.armed && this.waiting) this.#timer.arm(this.#roundTrip.timeout);
        return "done";
      }
    }
    return "quota";
  }

  /**
   * An acceptable acknowledgement: it is at most `sent`, but may be old. `window` in bytes; `bare`: without payload,
   * SYN or FIN.
   */
  acknowledge(ack: number, window: number, seq: number, bare: boolean): void {
    const fresh = seqDiff(ack, this.unacknowledged);
    const flight = seqDiff(this.sent, this.unacknowledged);
    const sameWindow = window === this.window;
    if (fresh >= 0) this.#updateWindow(ack, window, seq);
    if (fresh > 0) this.#advance(ack, fresh);
    else if (fresh === 0 && bare && sameWindow && flight > 0 && this.#open) {
      if (this.#congestion.duplicate(flight, this.sent, this.segmentSize)) this.#retransmitFirst();
    }
  }

  /** What the peer's SYN says: its window in bytes, and its sequence number. */
  setInitialWindow(window: number, seq: number): void {
    this.window = window;
    this.maxWindow = window;
    this.#windowSeq = seq;
    this.#windowAck = this.#initial;
  }

  stop(): void {
    this.#timer.stop();
    this.buffer.clear();
  }

  /** The sequence number of the FIN, once there is one. */
  get #finSeq(): number {
    return seqAdd(this.#bufferSeq, this.buffer.length);
  }

  /** `forced` sends even a segment so small that it is worth waiting for a larger window (RFC 9293 §3.8.6.2.1). */
  #outputOne(forced: boolean): "sent" | "nothing" | "blocked" {
    if (!this.#open) return this.next === this.#initial ? this.#emit(SYN, 0, 0) : "nothing";
    const offset = seqDiff(this.next, this.#bufferSeq);
    const unsent = this.buffer.length - offset;
    if (unsent < 0) return "nothing";
    const flight = seqDiff(this.next, this.unacknowledged);
    const usable = Math.max(0, Math.min(this.window, this.#congestion.window) - flight);
    const length = Math.min(unsent, this.segmentSize, usable);
    const fin = this.#ending && length === unsent && usable > length;
    if (length === 0 && !fin) return "nothing";
    const small = length < unsent && length < this.segmentSize && length < this.maxWindow / 2;
    if (small && !forced) return "nothing";
    const flags = ACK | (fin ? FIN : 0) | (length === unsent && length > 0 ? PSH : 0);
    return this.#emit(flags, offset, length);
  }

  #emit(flags: number, offset: number, length: number): "sent" | "blocked" {
    if (!this.#events.emit(this.next, flags, offset, length)) return "blocked";
    const end = seqAdd(this.next, length + (flags & (SYN | FIN) ? 1 : 0));
    if (seqDiff(end, this.sent) > 0) {
      this.sent = end;
      this.#roundTrip.sent(end);
    }
    // The first byte in flight after a rest: the clock of giving up starts here.
    if (this.next === this.unacknowledged && !this.#timer.armed) this.#alive = this.#clock.now();
    this.next = end;
    if (!this.#timer.armed) this.#timer.arm(this.#roundTrip.timeout);
    return "sent";
  }

  #updateWindow(ack: number, window: number, seq: number): void {
    const newer = seqDiff(seq, this.#windowSeq);
    if (newer < 0 || (newer === 0 && seqDiff(ack, this.#windowAck) < 0)) return;
    this.#windowSeq = seq;
    this.#windowAck = ack;
    // A peer that keeps its window closed but answers is alive, for as long as it likes (RFC 9293 §3.8.6.1).
    if (window === 0 || this.window === 0) this.#alive = this.#clock.now();
    if (window > 0 && this.window === 0) {
      this.#roundTrip.settle();
      this.#timer.disarm();
    }
    this.window = window;
    this.maxWindow = Math.max(this.maxWindow, window);
  }

  #advance(ack: number, fresh: number): void {
    this.unacknowledged = ack;
    this.next = seqMax(this.next, ack);
    const bytes = Math.min(this.buffer.length, Math.max(0, seqDiff(ack, this.#bufferSeq)));
    this.buffer.release(bytes);
    this.#bufferSeq = seqAdd(this.#bufferSeq, bytes);
    this.#alive = this.#clock.now();
    this.#roundTrip.acknowledged(ack);
    if (this.#congestion.acknowledged(fresh, ack, this.segmentSize)) this.#retransmitFirst();
    if (this.waiting) this.#timer.arm(this.#roundTrip.timeout);
    else this.#timer.disarm();
  }

  /** Sends the oldest segment again and leaves SND.NXT where it is. */
  #retransmitFirst(): void {
    this.#roundTrip.ambiguous();
    const end = this.next;
    this.next = this.unacknowledged;
    const window = this.window;
    this.window = Math.max(window, this.segmentSize);
    this.#outputOne(true);
    this.window = window;
    this.next = seqMax(end, this.next);
  }

  #onTimer(): void {
    if (!this.waiting) return;
    if (this.#clock.now() - this.#alive >= this.#giveUpMs) {
      this.#events.expired();
      return;
    }
    if (this.next !== this.unacknowledged) {
      const flight = seqDiff(this.sent, this.unacknowledged);
      this.#congestion.timedOut(flight, this.sent, this.segmentSize);
      this.next = this.unacknowledged;
      this.#events.doubt();
    }
    this.#roundTrip.backOff();
    this.#timer.arm(this.#roundTrip.timeout);
    if (this.#outputOne(true) === "nothing") {
      // The window is closed. Nothing, sent just before it, makes the peer say what it is now.
      this.#events.emit(seqAdd(this.unacknowledged, -1), ACK, 0, 0);
    }
    this.#events.wake();
  }
}
