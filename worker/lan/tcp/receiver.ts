import { ReceiveBuffer } from "./receive-buffer";
import { seqAdd, seqDiff } from "./sequence";

/** Segments that wait for an earlier one. The link keeps order, so that there are hardly ever any. */
const MAX_OUT_OF_ORDER = 1024;
const LARGEST_FIELD = 0xffff;

interface Early {
  readonly seq: number;
  readonly bytes: Uint8Array;
}

/** What came of a segment: new bytes can be read; and it was the end; a hole is before it; there was nothing new in it. */
export type Arrival = "in-order" | "end" | "early" | "old";

/** The receiving half of a connection: RCV.NXT, the window and the bytes (RFC 9293 §3.3.1, §3.8.6). */
export class Receiver {
  readonly buffer = new ReceiveBuffer();
  readonly #capacity: number;
  readonly #maxSegmentSize: number;
  readonly #early: Early[] = [];
  /** RCV.NXT */
  next = 0;
  /** Shift of our window field; 0 until both sides have agreed to scale. */
  scale = 0;
  /** Bytes are taken and thrown away: the reader is gone. */
  discarding = false;
  /** The right edge of the window that the peer was told of. It never goes back. */
  #edge = 0;
  #finAt: number | undefined;

  /** `capacity`: how many unread bytes it holds; `maxSegmentSize`: the longest payload that fits the link. */
  constructor(capacity: number, maxSegmentSize: number) {
    this.#capacity = capacity;
    this.#maxSegmentSize = maxSegmentSize;
  }

  /** The shift that `capacity` needs in 16 bits. */
  get wantedScale(): number {
    let scale = 0;
    while (this.#capacity >> scale > LARGEST_FIELD) scale += 1;
    return scale;
  }

  /** The peer's SYN has this sequence number. */
  start(initialSequence: number): void {
    this.next = seqAdd(initialSequence, 1);
    this.#edge = seqAdd(this.next, this.synWindow);
  }

  /** The peer's FIN is in order: nothing more will come. */
  get finished(): boolean {
    return this.#finAt !== undefined && seqDiff(this.next, this.#finAt) > 0;
  }

  /** The window field of a SYN, which is never scaled. */
  get synWindow(): number {
    return Math.min(this.#capacity, LARGEST_FIELD);
  }

  /** The window field for the next segment, and the promise that goes with it. */
  advertise(): number {
    const promised = Math.max(0, seqDiff(this.#edge, this.next));
    const free = this.#free();
    // RFC 9293 §3.8.6.2.2: open it by a segment at least, and never take back what was promised.
    const step = Math.min(this.#maxSegmentSize, this.#capacity / 2);
    const window = free >= promised + step ? free : promised;
    let field = window >> this.scale;
    if (field << this.scale < promised) field += 1;
    field = Math.min(field, LARGEST_FIELD);
    this.#edge = seqAdd(this.next, field << this.scale);
    return field;
  }

  /** The reader has made so much room that the peer should be told at once. */
  get shouldUpdate(): boolean {
    const most = Math.min(this.#capacity, LARGEST_FIELD << this.scale);
    return this.#free() - Math.max(0, seqDiff(this.#edge, this.next)) >= most / 4;
  }

  /** Some of it is in the window, or it is at most a duplicate that ends at RCV.NXT (RFC 9293 §3.10.7.4, first check). */
  accepts(seq: number, length: number): boolean {
    return seqDiff(seqAdd(seq, length), this.next) >= 0 && seqDiff(seq, this.#edge) <= 0;
  }

  /** In the window proper: where a reset that is not at RCV.NXT is answered by a challenge (RFC 5961 §3.2). */
  isInWindow(seq: number): boolean {
    return seqDiff(seq, this.next) >= 0 && seqDiff(seq, this.#edge) < 0;
  }

  /** Takes an acceptable segment's payload and FIN. The payload is copied. */
  receive(seq: number, payload: Uint8Array, fin: boolean): Arrival {
    const ahead = seqDiff(seq, this.next);
    // What is past the window, or past the peer's own end, is cut off.
    const room = Math.max(0, seqDiff(this.#finAt ?? this.#edge, seq));
    const bytes = payload.length > room ? payload.subarray(0, room) : payload;
    if (fin && bytes === payload) this.#finAt ??= seqAdd(seq, payload.length);
    if (ahead > 0) {
      if (bytes.length > 0) this.#keepEarly(seq, bytes);
      return "early";
    }
    const before = this.next;
    this.#take(seq, bytes);
    this.#takeEarly();
    if (this.#finAt === this.next) {
      this.next = seqAdd(this.next, 1);
      this.#early.length = 0;
      return "end";
    }
    return this.next === before ? "old" : "in-order";
  }

  #free(): number {
    // A peer that does not scale can never be told of more than 64 KiB.
    const most = Math.min(this.#capacity, LARGEST_FIELD << this.scale);
    return Math.max(0, most - this.buffer.length);
  }

  /** Appends what is new in a segment that begins at or before RCV.NXT. */
  #take(seq: number, bytes: Uint8Array): void {
    const known = seqDiff(this.next, seq);
    if (known >= bytes.length) return;
    const fresh = known === 0 ? bytes : bytes.subarray(known);
    if (!this.discarding) this.buffer.append(fresh);
    this.next = seqAdd(this.next, fresh.length);
  }

  #takeEarly(): void {
    for (;;) {
      const early = this.#early[0];
      if (early === undefined || seqDiff(early.seq, this.next) > 0) return;
      this.#early.shift();
      this.#take(early.seq, early.bytes);
    }
  }

  /** Kept in order of sequence number; of two with the same one, the longer. */
  #keepEarly(seq: number, bytes: Uint8Array): void {
    let index = this.#early.length;
    while (index > 0 && seqDiff(this.#early[index - 1]?.seq ?? 0, seq) > 0) index -= 1;
    const before = this.#early[index - 1];
    if (before?.seq === seq) {
      if (before.bytes.length < bytes.length) this.#early[index - 1] = { seq, bytes: bytes.slice() };
      return;
    }
    if (this.#early.length < MAX_OUT_OF_ORDER) this.#early.splice(index, 0, { seq, bytes: bytes.slice() });
  }
}
