/** One TCP connection: the state machine of RFC 9293 §3.3.2 and §3.10, with the checks of RFC 5961. */
import { LazyTimer } from "../clock";
import { LanError } from "../errors";
import type { ConnectionAddress, ConnectionEvents, ConnectionHost } from "./connection-host";
import { Receiver } from "./receiver";
import { ACK, FIN, RST, type Segment, segmentLength, SYN } from "./segment";
import { type OutputEnd, Sender } from "./sender";
import { seqAdd, seqDiff } from "./sequence";

export type TcpState =
  | "syn-sent"
  | "syn-received"
  | "established"
  | "fin-wait-1"
  | "fin-wait-2"
  | "close-wait"
  | "closing"
  | "last-ack"
  | "time-wait"
  | "closed";

/** Segments that ask for an answer and carry nothing are answered at most this often: two confused ends must not play ping-pong. */
const ODD_ANSWER_EVERY_MS = 200;
/** The least that a peer's MSS counts as: less would only burn time. */
const LEAST_SEGMENT_SIZE = 64;

const NO_EVENTS: ConnectionEvents = {
  established: () => undefined,
  readable: () => undefined,
  writable: () => undefined,
  delivered: () => undefined,
  closed: () => undefined,
};

export class TcpConnection {
  readonly address: ConnectionAddress;
  events: ConnectionEvents = NO_EVENTS;
  /** Whether the layer has it in its queue. */
  queued = false;
  readonly #host: ConnectionHost;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  /** TIME-WAIT, an abandoned FIN-WAIT-2, and keep-alive. */
  readonly #life: LazyTimer;
  #state: TcpState = "closed";
  #passive = false;
  /** Passive, and it is not decided yet whether to answer the SYN. */
  #undecided = false;
  #peerScales = true;
  #ackDue = false;
  #heard: number;
  #oddAnswered = -Infinity;

  constructor(host: ConnectionHost, address: ConnectionAddress, initialSequence: number) {
    this.#host = host;
    this.address = address;
    const { clock, settings } = host;
    this.#heard = clock.now();
    this.#sender = new Sender(initialSequence, clock, settings.handshakeMs, {
      emit: (seq, flags, offset, length) => this.#emit(seq, flags, offset, length),
      wake: () => host.queue(this),
      doubt: () => host.doubt(address.remoteAddress),
      expired: () => this.abort(new LanError("timeout", "the other side does not answer")),
    });
    this.#receiver = new Receiver(settings.receiveBytes, host.maxSegmentSize);
    this.#life = new LazyTimer(clock, () => this.#onLife());
  }

  get state(): TcpState {
    return this.#state;
  }

  /** RCV.NXT */
  get receiveNext(): number {
    return this.#receiver.next;
  }

  /** Begins a connection to the peer. */
  open(): void {
    this.#state = "syn-sent";
    this.#host.queue(this);
  }

  /** Begins a connection that the peer's SYN asks for. `undecided`: answer only when `decide` is called. */
  accept(syn: Segment, undecided: boolean): void {
    this.#state = "syn-received";
    this.#passive = true;
    this.#undecided = undecided;
    this.#learnSyn(syn);
    if (!undecided) this.#host.queue(this);
  }

  /** Answers the SYN that `accept` left undecided: by taking part, or by a reset. */
  decide(admitted: boolean): void {
    if (this.#state !== "syn-received" || !this.#undecided) return;
    this.#undecided = false;
    if (admitted) this.#host.queue(this);
    else this.abort(new LanError("refused", "the connection was not admitted"));
  }

  /** Ends TIME-WAIT early; false in any other state. */
  forget(): boolean {
    if (this.#state !== "time-wait") return false;
    this.#over();
    return true;
  }

  /** Unread bytes. */
  get readableBytes(): number {
    return this.#receiver.buffer.length;
  }

  /** Nothing more will come than what is unread. */
  get receivedAll(): boolean {
    return this.#receiver.finished;
  }

  /** The oldest unread chunk, which is the caller's. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    const chunk = this.#receiver.buffer.take();
    if (chunk !== undefined) this.#offerWindow();
    return chunk;
  }

  /** The reader is gone: what comes is acknowledged and dropped. */
  discard(): void {
    this.#receiver.discarding = true;
    this.#receiver.buffer.clear();
    this.#offerWindow();
    if (this.#state === "fin-wait-2") this.#life.arm(this.#host.settings.orphanMs);
  }

  /** Takes bytes to send; they must not change until they are acknowledged. False when the buffer is full now. */
  write(bytes: Uint8Array): boolean {
    this.#sender.buffer.append(bytes);
    this.#host.queue(this);
    return this.hasRoom;
  }

  /** `end` was called. */
  get ending(): boolean {
    return this.#sender.ending;
  }

  get hasRoom(): boolean {
    return this.#sender.buffer.length < this.#host.settings.sendBytes;
  }

  /** Nothing more will be written: the FIN follows. */
  end(): void {
    if (this.#sender.ending) return;
    this.#sender.end();
    if (this.#state === "established") this.#state = "fin-wait-1";
    else if (this.#state === "close-wait") this.#state = "last-ack";
    this.#host.queue(this);
  }

  /** Ends it at once, with a reset for the peer. What was received before can still be read. */
  abort(error: LanError): void {
    if (this.#state === "closed" || this.forget()) return;
    if (this.#state !== "syn-sent") {
      this.#host.reset(this.address, this.#sender.sent, this.#receiver.next);
    }
    this.#fail(error);
  }

  /** The network says that the peer cannot be reached; believed only before there is a connection (RFC 5927 §4). */
  unreachable(error: LanError): void {
    if (this.#state === "syn-sent") this.#fail(error);
  }

  /** The sequence number is one of ours that is not acknowledged: an ICMP error may speak of it. */
  isInFlight(seq: number): boolean {
    return seqDiff(seq, this.#sender.unacknowledged) >= 0 && seqDiff(seq, seqAdd(this.#sender.sent, -1)) <= 0;
  }

  /** Sends what may be sent now, up to `quota` segments. */
  flush(quota: number): OutputEnd {
    if (this.#state === "closed" || this.#undecided) return "done";
    const end = this.#state === "time-wait" ? "done" : this.#sender.output(quota);
    if (end === "done" && this.#ackDue && !this.#sendAck()) return "blocked";
    return end;
  }

  receive(segment: Segment): void {
    if (this.#state === "closed") return;
    if (this.#state === "syn-sent") this.#receiveSynSent(segment);
    else this.#receiveSynchronised(segment);
  }

  /** RFC 9293 §3.10.7.3 */
  #receiveSynSent(segment: Segment): void {
    const acks = (segment.flags & ACK) !== 0;
    if (acks && segment.ack !== this.#sender.sent) {
      if (!(segment.flags & RST)) this.#host.reset(this.address, segment.ack, undefined);
      return;
    }
    if (segment.flags & RST) {
      if (acks) this.#fail(new LanError("refused", "nobody listens on that port"));
      return;
    }
    if (!(segment.flags & SYN)) return;
    this.#learnSyn(segment);
    if (acks) {
      this.#sender.acknowledge(segment.ack, segment.window, segment.seq, false);
      this.#ackDue = true;
      this.#establish();
    } else {
      this.#state = "syn-received";
      this.#sender.restart();
    }
    this.#host.queue(this);
  }

  /** RFC 9293 §3.10.7.4 */
  #receiveSynchronised(segment: Segment): void {
    const { seq, flags } = segment;
    const length = segmentLength(segment);
    if (!this.#receiver.accepts(seq, length)) {
      if (!(flags & RST)) this.#answerOdd(segment);
      return;
    }
    if (flags & RST) {
      this.#receiveReset(segment);
      return;
    }
    if (this.#undecided) return;
    if (flags & SYN) {
      this.#receiveSynAgain(segment);
      return;
    }
    if (!(flags & ACK) || !this.#receiveAck(segment)) return;
    this.#heard = this.#host.clock.now();
    this.#receivePayload(segment);
    this.#host.queue(this);
  }

  /** The peer's own SYN, while it does not know that we have it; any other is answered by a challenge (RFC 5961 §4.2). */
  #receiveSynAgain(segment: Segment): void {
    if (this.#state !== "syn-received" || seqAdd(segment.seq, 1) !== this.#receiver.next) {
      this.#answerOdd(segment);
      return;
    }
    // With an acknowledgement it ends a simultaneous open (RFC 9293 §3.5, figure 7).
    if (!(segment.flags & ACK)) this.#sender.restart();
    else if (this.#receiveAck(segment)) this.#ackDue = true;
    this.#host.queue(this);
  }

  /** Only a reset at exactly RCV.NXT counts (RFC 5961 §3.2); TIME-WAIT takes none (RFC 1337). */
  #receiveReset(segment: Segment): void {
    if (this.#state === "time-wait") return;
    if (segment.seq !== this.#receiver.next) {
      if (this.#receiver.isInWindow(segment.seq)) this.#answerOdd(segment);
      return;
    }
    if ((this.#state === "closing" || this.#state === "last-ack") && this.#sender.buffer.length === 0) {
      // The peer has all our data, and has forgotten a connection that is over for it.
      this.#over();
      this.events.delivered();
      this.#tellClosed(undefined);
      return;
    }
    const refused = this.#state === "syn-received" && !this.#passive;
    this.#fail(
      refused
        ? new LanError("refused", "nobody listens on that port")
        : new LanError("reset", "the other side ended the connection"),
    );
  }

  /** False when the rest of the segment must not be looked at. */
  #receiveAck(segment: Segment): boolean {
    const sender = this.#sender;
    const fresh = seqDiff(segment.ack, sender.unacknowledged);
    const tooNew = seqDiff(segment.ack, sender.sent) > 0;
    if (this.#state === "syn-received") {
      if (fresh <= 0 || tooNew) {
        this.#host.reset(this.address, segment.ack, undefined);
        return false;
      }
    } else if (tooNew || fresh < -sender.maxWindow) {
      this.#answerOdd(segment);
      return false;
    }
    const had = sender.buffer.length;
    const window = segment.flags & SYN ? segment.window : segment.window << sender.scale;
    const bare = segment.payload.length === 0 && !(segment.flags & (SYN | FIN));
    sender.acknowledge(segment.ack, window, segment.seq, bare);
    if (this.#state === "syn-received") this.#establish();
    if (sender.buffer.length < had && this.hasRoom) this.events.writable();
    if (sender.finAcknowledged) this.#onFinAcknowledged();
    return !this.#isOver();
  }

  #onFinAcknowledged(): void {
    switch (this.#state) {
      case "fin-wait-1":
        this.#state = "fin-wait-2";
        if (this.#receiver.discarding) this.#life.arm(this.#host.settings.orphanMs);
        this.events.delivered();
        return;
      case "closing":
        this.events.delivered();
        this.#waitOut();
        return;
      case "last-ack":
        this.events.delivered();
        this.#over();
        this.#tellClosed(undefined);
        return;
      default:
        return;
    }
  }

  #receivePayload(segment: Segment): void {
    const fin = (segment.flags & FIN) !== 0;
    if (segment.payload.length === 0 && !fin) return;
    this.#ackDue = true;
    if (this.#receiver.finished) {
      // A FIN again: our acknowledgement was lost.
      if (this.#state === "time-wait") this.#life.arm(this.#host.settings.timeWaitMs);
      return;
    }
    const arrival = this.#receiver.receive(segment.seq, segment.payload, fin);
    // A duplicate acknowledgement for each segment behind a hole tells the peer to fill it (RFC 5681 §4.2).
    if (arrival === "early") this.#sendAck();
    if (arrival === "end" || arrival === "in-order") this.events.readable();
    if (arrival === "end") this.#onFin();
  }

  #onFin(): void {
    switch (this.#state) {
      case "established":
        this.#state = "close-wait";
        return;
      case "fin-wait-1":
        this.#state = "closing";
        return;
      case "fin-wait-2":
        this.#waitOut();
        return;
      default:
        return;
    }
  }

  #learnSyn(syn: Segment): void {
    const { maxSegmentSize, windowScale } = syn.options ?? {};
    const theirs = Math.max(LEAST_SEGMENT_SIZE, maxSegmentSize ?? 536);
    this.#sender.segmentSize = Math.min(theirs, this.#host.maxSegmentSize);
    this.#sender.setInitialWindow(syn.window, syn.seq);
    this.#receiver.start(syn.seq);
    this.#peerScales = windowScale !== undefined;
    if (windowScale === undefined) return;
    this.#sender.scale = windowScale;
    this.#receiver.scale = this.#receiver.wantedScale;
  }

  #establish(): void {
    this.#state = this.#sender.ending ? "fin-wait-1" : "established";
    this.#heard = this.#host.clock.now();
    this.#sender.open(this.#host.settings.giveUpMs);
    this.#life.arm(this.#host.settings.keepAliveMs);
    this.events.established();
  }

  #emit(seq: number, flags: number, offset: number, length: number): boolean {
    const syn = (flags & SYN) !== 0;
    const first = this.#state === "syn-sent";
    const receiver = this.#receiver;
    const done = this.#host.transmit(this.address, {
      seq,
      ack: first ? 0 : receiver.next,
      flags: first ? flags : flags | ACK,
      window: syn ? receiver.synWindow : receiver.advertise(),
      options: syn
        ? {
            maxSegmentSize: this.#host.maxSegmentSize,
            windowScale: this.#peerScales ? receiver.wantedScale : undefined,
          }
        : undefined,
      buffer: length > 0 ? this.#sender.buffer : undefined,
      offset,
      length,
    });
    if (done) this.#ackDue = false;
    return done;
  }

  /**
   * Its sequence number is the highest ever sent, not SND.NXT: while we go back, SND.NXT is old to the peer, who would
   * drop the segment and the acknowledgement with it; two ends that go back at once would never get out of that.
   */
  #sendAck(): boolean {
    return this.#emit(this.#sender.sent, ACK, 0, 0);
  }

  /** The challenge of RFC 5961, and the answer to what is not in the window (keep-alives, probes). */
  #answerOdd(segment: Segment): void {
    const now = this.#host.clock.now();
    if (segment.payload.length === 0 && now - this.#oddAnswered < ODD_ANSWER_EVERY_MS) return;
    this.#oddAnswered = now;
    this.#ackDue = true;
    this.#host.queue(this);
  }

  #offerWindow(): void {
    if (this.#receiver.finished || !this.#receiver.shouldUpdate) return;
    if (this.#state === "established" || this.#state.startsWith("fin-wait")) {
      this.#ackDue = true;
      this.#host.queue(this);
    }
  }

  #onLife(): void {
    const { settings, clock } = this.#host;
    if (this.#state === "time-wait") {
      this.#over();
      return;
    }
    if (this.#state === "fin-wait-2" && this.#receiver.discarding) {
      this.abort(new LanError("timeout", "the other side does not end the connection"));
      return;
    }
    const idle = clock.now() - this.#heard;
    if (idle >= settings.keepAliveMs + settings.giveUpMs) {
      this.abort(new LanError("timeout", "the other side does not answer"));
      return;
    }
    if (idle >= settings.keepAliveMs) {
      // Just before the window: it must be answered (RFC 9293 §3.8.4). What is sent again anyway asks the same.
      if (!this.#sender.waiting) this.#emit(seqAdd(this.#sender.sent, -1), ACK, 0, 0);
      this.#life.arm(settings.giveUpMs / 8);
    } else {
      this.#life.arm(settings.keepAliveMs - idle);
    }
  }

  /** Both FINs have arrived. Lingers to acknowledge the peer's again. */
  #waitOut(): void {
    this.#state = "time-wait";
    this.#sender.stop();
    this.#life.arm(this.#host.settings.timeWaitMs);
    this.#tellClosed(undefined);
  }

  /** The last word: whoever listened need not linger with us. */
  #tellClosed(error: LanError | undefined): void {
    const { events } = this;
    this.events = NO_EVENTS;
    events.closed(error);
  }

  #over(): void {
    this.#state = "closed";
    this.#sender.stop();
    this.#life.stop();
    this.#host.gone(this);
  }

  #fail(error: LanError): void {
    this.#over();
    this.#tellClosed(error);
  }

  #isOver(): boolean {
    return this.#state === "closed";
  }
}
