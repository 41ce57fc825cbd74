/** Finds the connection that a segment belongs to, makes new ones, and answers what has none (RFC 9293 §3.10.7). */
import { checkPort, type Endpoint, formatIpv4, type Ipv4Address, parseIpv4 } from "../address";
import { readU16, readU32 } from "../bytes";
import type { Clock } from "../clock";
import { LanError } from "../errors";
import { type IpLayer, PAYLOAD_AT } from "../ip-layer";
import { IPV4_HEADER_LENGTH, type Ipv4Packet, PROTOCOL_TCP } from "../ipv4";
import { TcpConnection } from "./connection";
import type { ConnectionAddress, ConnectionHost, OutgoingSegment } from "./connection-host";
import { ConnectionTable } from "./connection-table";
import {
  ACK,
  headerLengthOf,
  parseSegment,
  RST,
  type Segment,
  segmentLength,
  SYN,
  TCP_HEADER_LENGTH,
  writeSegmentHeader,
} from "./segment";
import { SendQueue } from "./send-queue";
import { seqAdd, seqDiff } from "./sequence";
import type { TcpSettings } from "./settings";
import { type Connection, openStreams } from "./streams";

/** Gets each new connection, when its handshake is done. Must not throw. */
export type ConnectionHandler = (connection: Connection) => void;

/** Takes TCP to addresses that are not ours: a relay to the Internet. */
export interface ForeignTcp {
  /** Whether to accept a connection that the guest wants `to` an address. While it is undecided, the SYN waits. */
  admit(to: Endpoint, from: Endpoint): boolean | Promise<boolean>;
  onConnection: ConnectionHandler;
}

export interface TcpLayerOptions {
  readonly ip: IpLayer;
  readonly clock: Clock;
  readonly settings: TcpSettings;
  /** A fresh initial sequence number, unsigned 32 bits. */
  readonly initialSequence: () => number;
  readonly foreign: ForeignTcp | undefined;
}

export class TcpLayer implements ConnectionHost {
  readonly clock: Clock;
  readonly settings: TcpSettings;
  readonly maxSegmentSize: number;
  readonly #ip: IpLayer;
  readonly #initialSequence: () => number;
  readonly #foreign: ForeignTcp | undefined;
  readonly #table: ConnectionTable;
  readonly #queue: SendQueue;
  readonly #listeners = new Map<number, ConnectionHandler>();
  #closed = false;

  constructor(options: TcpLayerOptions) {
    this.clock = options.clock;
    this.settings = options.settings;
    this.#ip = options.ip;
    this.#initialSequence = options.initialSequence;
    this.#foreign = options.foreign;
    this.#table = new ConnectionTable(options.settings.maxConnections, options.initialSequence());
    this.#queue = new SendQueue(options.clock);
    this.maxSegmentSize = options.ip.mtu - IPV4_HEADER_LENGTH - TCP_HEADER_LENGTH;
    options.ip.handle(PROTOCOL_TCP, (packet, ours) => this.#receive(packet, ours));
  }

  /** Connections in the table, half-open and lingering ones counted. */
  get size(): number {
    return this.#table.size;
  }

  /** Registers who answers on a port, of one address or (`address` 0) of every one of ours. The answer unregisters. */
  listen(address: Ipv4Address, port: number, handler: ConnectionHandler): () => void {
    const key = address * 65536 + checkPort(port);
    if (this.#listeners.has(key)) {
      throw new LanError("address-in-use", `port ${port} has a listener already`);
    }
    this.#listeners.set(key, handler);
    return () => {
      if (this.#listeners.get(key) === handler) this.#listeners.delete(key);
    };
  }

  /** Connects to the guest. Rejects with a `LanError`, or with the signal's reason. */
  connect(localAddress: Ipv4Address, to: Endpoint, signal?: AbortSignal): Promise<Connection> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#closed) throw new LanError("closed", "the network was closed");
      const remoteAddress = parseIpv4(to.address);
      const remotePort = checkPort(to.port);
      if (!this.#table.makeRoom()) throw new LanError("address-in-use", "too many connections");
      const localPort = this.#table.freePort(localAddress, remoteAddress, remotePort);
      const tcp = this.#add({ localAddress, localPort, remoteAddress, remotePort });
      const onAbort = (): void => tcp.abort(new LanError("aborted", "the connection was aborted"));
      signal?.addEventListener("abort", onAbort, { once: true });
      tcp.events = {
        ...tcp.events,
        established: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve(openStreams(tcp));
        },
        closed: (error) => {
          signal?.removeEventListener("abort", onAbort);
          const reason: unknown = signal?.aborted === true ? signal.reason : error;
          reject(reason instanceof Error ? reason : new LanError("aborted", String(reason)));
        },
      };
      tcp.open();
    });
  }

  /** An ICMP error that quotes one of our packets (RFC 1122 §4.2.3.9): only what speaks of a SYN is believed. */
  onUnreachable(quote: Uint8Array, refused: boolean): void {
    const at = ((quote[0] ?? 0) & 15) * 4;
    if (quote.length < at + 8 || quote[9] !== PROTOCOL_TCP) return;
    const tcp = this.#table.find({
      localAddress: readU32(quote, 12),
      localPort: readU16(quote, at),
      remoteAddress: readU32(quote, 16),
      remotePort: readU16(quote, at + 2),
    });
    if (tcp?.isInFlight(readU32(quote, at + 4)) !== true) return;
    tcp.unreachable(
      refused
        ? new LanError("refused", "the other side refuses connections to that port")
        : new LanError("unreachable", "the other side says that there is no way to that address"),
    );
  }

  /** No neighbour has this address. */
  onLost(address: Ipv4Address): void {
    for (const tcp of this.#table) {
      if (tcp.address.remoteAddress !== address) continue;
      tcp.unreachable(new LanError("unreachable", `nobody has the address ${formatIpv4(address)}`));
    }
  }

  /** The port takes frames again. */
  onReady(): void {
    this.#queue.schedule();
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
    for (const tcp of [...this.#table]) tcp.abort(new LanError("closed", "the network was closed"));
    this.#queue.clear();
  }

  transmit(address: ConnectionAddress, segment: OutgoingSegment): boolean {
    if (!this.#ip.ready) return false;
    const { frame } = this.#ip;
    segment.buffer?.copyTo(
      frame,
      PAYLOAD_AT + headerLengthOf(segment.options),
      segment.offset,
      segment.length,
    );
    const { localAddress, remoteAddress } = address;
    const header = {
      sourcePort: address.localPort,
      destinationPort: address.remotePort,
      seq: segment.seq,
      ack: segment.ack,
      flags: segment.flags,
      window: segment.window,
      options: segment.options,
    };
    const length = writeSegmentHeader(frame, PAYLOAD_AT, header, segment.length, localAddress, remoteAddress);
    return this.#ip.transmit(localAddress, remoteAddress, PROTOCOL_TCP, length);
  }

  /**
   * Asks the guest about a connection that it may believe in, by a segment that fits none (RFC 9293 §3.10.7.4): it
   * answers with an ACK, and to one that belongs to no connection of ours we answer with a reset. One of ours is left alone.
   */
  ask(local: Endpoint, remote: Endpoint): void {
    const address: ConnectionAddress = {
      localAddress: parseIpv4(local.address),
      localPort: checkPort(local.port),
      remoteAddress: parseIpv4(remote.address),
      remotePort: checkPort(remote.port),
    };
    if (this.#table.find(address) === undefined) this.#sendBare(address, ACK, 0, 0);
  }

  reset(address: ConnectionAddress, seq: number, ack: number | undefined): void {
    this.#sendBare(address, ack === undefined ? RST : RST | ACK, seq, ack ?? 0);
  }

  #sendBare(address: ConnectionAddress, flags: number, seq: number, ack: number): void {
    const bytes = new Uint8Array(TCP_HEADER_LENGTH);
    const header = {
      sourcePort: address.localPort,
      destinationPort: address.remotePort,
      seq,
      ack,
      flags,
      window: 0,
      options: undefined,
    };
    writeSegmentHeader(bytes, 0, header, 0, address.localAddress, address.remoteAddress);
    this.#ip.send(address.localAddress, address.remoteAddress, PROTOCOL_TCP, bytes);
  }

  queue(tcp: TcpConnection): void {
    this.#queue.add(tcp);
  }

  doubt(address: Ipv4Address): void {
    this.#ip.doubt(address);
  }

  gone(tcp: TcpConnection): void {
    this.#table.remove(tcp);
  }

  #receive(packet: Ipv4Packet, ours: boolean): void {
    // A broadcast is no connection's address.
    if (ours && !this.#ip.has(packet.destination)) return;
    const segment = parseSegment(packet.payload, packet.source, packet.destination);
    if (segment === undefined || segment.sourcePort === 0 || segment.destinationPort === 0) return;
    const address: ConnectionAddress = {
      localAddress: packet.destination,
      localPort: segment.destinationPort,
      remoteAddress: packet.source,
      remotePort: segment.sourcePort,
    };
    const tcp = this.#table.find(address);
    const syn = (segment.flags & (SYN | ACK | RST)) === SYN;
    // The guest may use a port again before we have forgotten it (RFC 1122 §4.2.2.13).
    const renewed = syn && tcp !== undefined && seqDiff(segment.seq, tcp.receiveNext) > 0 && tcp.forget();
    if (tcp !== undefined && !renewed) tcp.receive(segment);
    else if (!syn || !this.#accept(address, segment, ours)) this.#refuse(address, segment);
  }

  #accept(address: ConnectionAddress, syn: Segment, ours: boolean): boolean {
    if (!ours) return this.#acceptForeign(address, syn);
    const find = (): ConnectionHandler | undefined =>
      this.#listeners.get(address.localAddress * 65536 + address.localPort) ??
      this.#listeners.get(address.localPort);
    if (find() === undefined || !this.#table.makeRoom()) return false;
    this.#addPassive(address, find).accept(syn, false);
    return true;
  }

  #acceptForeign(address: ConnectionAddress, syn: Segment): boolean {
    const foreign = this.#foreign;
    if (foreign === undefined || !this.#table.makeRoom()) return false;
    const to = { address: formatIpv4(address.localAddress), port: address.localPort };
    const from = { address: formatIpv4(address.remoteAddress), port: address.remotePort };
    const admitted = foreign.admit(to, from);
    if (admitted === false) return false;
    const tcp = this.#addPassive(address, () => foreign.onConnection);
    tcp.accept(syn, admitted !== true);
    if (admitted !== true) {
      admitted.then(
        (yes) => tcp.decide(yes),
        () => tcp.decide(false),
      );
    }
    return true;
  }

  /** The listener is looked up when the handshake is done: it may be gone by then. */
  #addPassive(address: ConnectionAddress, find: () => ConnectionHandler | undefined): TcpConnection {
    const tcp = this.#add(address);
    const established = (): void => {
      const connection = openStreams(tcp);
      // Not inside the guest's own sending of a frame.
      this.clock.defer(() => {
        const handler = find();
        if (handler === undefined) connection.abort();
        else handler(connection);
      });
    };
    tcp.events = { ...tcp.events, established };
    return tcp;
  }

  #add(address: ConnectionAddress): TcpConnection {
    const tcp = new TcpConnection(this, address, this.#initialSequence());
    this.#table.add(tcp);
    return tcp;
  }

  /** RFC 9293 §3.10.7.1: what belongs to no connection. */
  #refuse(address: ConnectionAddress, segment: Segment): void {
    if (segment.flags & RST) return;
    if (segment.flags & ACK) this.reset(address, segment.ack, undefined);
    else this.reset(address, 0, seqAdd(segment.seq, segmentLength(segment)));
  }
}
