import { checkPort, type Endpoint, formatIpv4, type Ipv4Address, parseIpv4 } from "./address";
import type { Clock } from "./clock";
import { LanError } from "./errors";
import { UNREACHABLE_NET, UNREACHABLE_PORT } from "./icmp";
import type { IpLayer } from "./ip-layer";
import { type Ipv4Packet, PROTOCOL_UDP } from "./ipv4";
import { encodeUdp, parseUdp, UDP_MAX_PAYLOAD } from "./udp";

/** A datagram that the guest sent. */
interface UdpMessage {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** A copy, which is the receiver's. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Answers from where it was sent to; a broadcast is answered from the first of our addresses. */
  readonly reply: (payload: Uint8Array) => void;
}

export interface UdpSocket {
  /** Sends a datagram from this port. Throws `LanError` `bad-argument` above 65507 bytes. */
  send(to: Endpoint, payload: Uint8Array): void;
  close(): void;
}

/** Must not throw. */
export type UdpHandler = (message: UdpMessage) => void;

/** The ports that answer datagrams. */
export class UdpLayer {
  readonly #ip: IpLayer;
  readonly #clock: Clock;
  readonly #handlers = new Map<number, UdpHandler>();

  constructor(ip: IpLayer, clock: Clock) {
    this.#ip = ip;
    this.#clock = clock;
    ip.handle(PROTOCOL_UDP, (packet, ours) => this.#receive(packet, ours));
  }

  /** Registers who answers on a port, of one address or (`address` 0) of every one of ours. */
  listen(address: Ipv4Address, port: number, handler: UdpHandler): UdpSocket {
    const key = address * 65536 + checkPort(port);
    if (this.#handlers.has(key))
      throw new LanError("address-in-use", `UDP port ${port} has a listener already`);
    this.#handlers.set(key, handler);
    const source = address === 0 ? this.#ip.primary : address;
    return {
      send: (to, payload) => this.#send(source, port, parseIpv4(to.address), checkPort(to.port), payload),
      close: () => {
        if (this.#handlers.get(key) === handler) this.#handlers.delete(key);
      },
    };
  }

  close(): void {
    this.#handlers.clear();
  }

  #send(
    source: Ipv4Address,
    sourcePort: number,
    destination: Ipv4Address,
    destinationPort: number,
    payload: Uint8Array,
  ): void {
    if (payload.length > UDP_MAX_PAYLOAD) {
      throw new LanError("bad-argument", `a datagram of ${payload.length} bytes is too long`);
    }
    const bytes = encodeUdp({ sourcePort, destinationPort, payload }, source, destination);
    this.#ip.send(source, destination, PROTOCOL_UDP, bytes);
  }

  #receive(packet: Ipv4Packet, ours: boolean): void {
    const datagram = parseUdp(packet.payload, packet.source, packet.destination);
    if (datagram === undefined) return;
    if (!ours) {
      this.#ip.refuse(packet, UNREACHABLE_NET);
      return;
    }
    const { sourcePort, destinationPort } = datagram;
    const broadcast = !this.#ip.has(packet.destination);
    const message: UdpMessage = {
      from: { address: formatIpv4(packet.source), port: sourcePort },
      to: { address: formatIpv4(packet.destination), port: destinationPort },
      payload: datagram.payload.slice(),
      reply: (payload) =>
        this.#send(
          broadcast ? this.#ip.primary : packet.destination,
          destinationPort,
          packet.source,
          sourcePort,
          payload,
        ),
    };
    const handler =
      this.#handlers.get(packet.destination * 65536 + destinationPort) ?? this.#handlers.get(destinationPort);
    // Not inside the guest's own sending of a frame.
    if (handler !== undefined) this.#clock.defer(() => handler(message));
    else this.#ip.refuse(packet, UNREACHABLE_PORT);
  }
}
