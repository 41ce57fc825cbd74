import { seqDiff } from "./sequence";

/**
 * Begin with 256 KiB in flight: the wire is memory, and what bounds it is the receiver's window. Only queues inside
 * the guest (its bridge, its containers' interfaces) can overflow, which is why there is a congestion window at all.
 */
const INITIAL_WINDOW = 256 * 1024;
const DUPLICATES_FOR_LOSS = 3;

/** The congestion window: RFC 5681 with NewReno's recovery (RFC 6582). */
export class Congestion {
  #window = INITIAL_WINDOW;
  #threshold = Infinity;
  #duplicates = 0;
  /** What was sent when the last loss was seen; until that is acknowledged, no second loss is deduced. */
  #recover: number | undefined;
  #fast = false;
  /** New segments that the first two duplicates let out, so that a third can come at all (RFC 3042). */
  #limited = 0;

  /** How many bytes may be in flight. */
  get window(): number {
    return this.#window + this.#limited;
  }

  /**
   * `count` bytes before `ack` were newly acknowledged. True when a hole follows them that must be sent again at once.
   */
  acknowledged(count: number, ack: number, segmentSize: number): boolean {
    this.#duplicates = 0;
    this.#limited = 0;
    if (this.#recover !== undefined && seqDiff(ack, this.#recover) < 0) {
      if (!this.#fast) this.#grow(count, segmentSize);
      else this.#window = Math.max(segmentSize, this.#window - count + segmentSize);
      return this.#fast;
    }
    if (this.#fast) this.#window = Math.max(this.#threshold, segmentSize);
    else this.#grow(count, segmentSize);
    this.#recover = undefined;
    this.#fast = false;
    return false;
  }

  /** A duplicate acknowledgement with `flight` bytes out up to `sent`. True when the first of them must be sent again. */
  duplicate(flight: number, sent: number, segmentSize: number): boolean {
    this.#duplicates += 1;
    if (this.#fast) {
      this.#window += segmentSize;
      return false;
    }
    if (this.#recover !== undefined) return false;
    this.#limited = this.#duplicates < DUPLICATES_FOR_LOSS ? this.#duplicates * segmentSize : 0;
    if (this.#duplicates !== DUPLICATES_FOR_LOSS) return false;
    this.#threshold = Math.max(flight >>> 1, 2 * segmentSize);
    this.#window = this.#threshold + DUPLICATES_FOR_LOSS * segmentSize;
    this.#recover = sent;
    this.#fast = true;
    return true;
  }

  /** The retransmission timer fired with `flight` bytes out up to `sent`. */
  timedOut(flight: number, sent: number, segmentSize: number): void {
    this.#threshold = Math.max(flight >>> 1, 2 * segmentSize);
    this.#window = segmentSize;
    this.#recover = sent;
    this.#duplicates = 0;
    this.#limited = 0;
    this.#fast = false;
  }

  #grow(count: number, segmentSize: number): void {
    if (this.#window < this.#threshold) this.#window += count;
    else
      this.#window += Math.max(1, Math.floor((segmentSize * Math.min(count, this.#window)) / this.#window));
    this.#window = Math.min(this.#window, 1 << 30);
  }
}
