/** A guest that says its part of a TCP conversation segment by segment, for tests. */
import { createLan, type Lan, type LanOptions } from "../lan";
import { ACK, FIN, PSH, RST, type Segment, SYN } from "../tcp/segment";
import { seqAdd } from "../tcp/sequence";
import type { Connection } from "../tcp/streams";
import { RawGuest } from "./raw-guest";
import { VirtualClock } from "./virtual-clock";

/** Initial sequence numbers: the guest's and ours. Both wrap soon. */
export const THEIRS = 0xfffffff0;
export const OURS = 0xfffffffa;
/** The guest's port. */
export const PORT = 40000;
/** Buffers that are full soon. */
export const SMALL: Partial<LanOptions> = { tcp: { receiveBytes: 2000, sendBytes: 1000 } };

const FLAG_LETTERS = [
  [SYN, "S"],
  [FIN, "F"],
  [RST, "R"],
  [PSH, "P"],
  [ACK, "."],
] as const;

/** A segment of the guest's to port 80; `seq` and `ack` count from the two SYNs. */
export function segment(seq: number, ack: number, flags: number, more: Partial<Segment> = {}): Segment {
  return {
    sourcePort: PORT,
    destinationPort: 80,
    seq: seqAdd(THEIRS, seq),
    ack: flags & ACK ? seqAdd(OURS, ack) : 0,
    flags,
    window: 65535,
    options: flags & SYN ? { maxSegmentSize: 1460, windowScale: undefined } : undefined,
    payload: new Uint8Array(),
    ...more,
  };
}

export class TcpScript {
  readonly clock: VirtualClock;
  readonly guest = new RawGuest();
  /** What was accepted on port 80 since the last `plug`. */
  readonly accepted: Connection[] = [];
  lan: Lan;

  constructor() {
    this.clock = new VirtualClock(() => new Promise((resolve) => setImmediate(resolve)));
    this.lan = this.#create({});
  }

  /** A LAN with other settings instead of the one that there is. */
  plug(options: Partial<LanOptions>): void {
    this.lan.close();
    this.accepted.length = 0;
    this.lan = this.#create(options);
  }

  /** Sends segments, and lets what follows happen. */
  async send(...segments: Segment[]): Promise<void> {
    for (const one of segments) this.guest.sendTcp(one);
    await this.clock.advance(0);
  }

  /** What the LAN sent since the last time, as `flags seq ack window length`, counted from the two SYNs. */
  sent(): string[] {
    const lines: string[] = [];
    while (this.guest.received.length > 0) {
      const one = this.guest.nextTcp();
      if (one === undefined) continue;
      const flags = FLAG_LETTERS.map(([bit, letter]) => (one.flags & bit ? letter : "")).join("");
      const seq = (one.seq - OURS) | 0;
      const ack = one.flags & ACK ? (one.ack - THEIRS) | 0 : "-";
      lines.push(`${flags} ${seq} ${ack} ${one.window} ${one.payload.length}`);
    }
    return lines;
  }

  /** A connection with the handshake done; `more` is in the SYN. */
  async establish(more: Partial<Segment> = {}): Promise<Connection> {
    await this.send(segment(0, 0, SYN, more));
    await this.send(segment(1, 1, ACK));
    this.sent();
    const connection = this.accepted[0];
    if (connection === undefined) throw new Error("not accepted");
    return connection;
  }

  #create(options: Partial<LanOptions>): Lan {
    const lan = createLan({
      port: this.guest.port,
      clock: this.clock,
      addresses: ["10.0.2.2", "10.0.2.3"],
      initialSequence: () => OURS,
      ...options,
    });
    lan.listen({ port: 80 }, (connection) => this.accepted.push(connection));
    return lan;
  }
}
