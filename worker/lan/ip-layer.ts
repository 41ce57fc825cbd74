/** Ethernet, ARP and IPv4 of one host with several addresses (RFC 826, 791, 1122). */
import {
  BROADCAST_IPV4,
  BROADCAST_MAC,
  type Ipv4Address,
  isGroupMac,
  isUnicastIpv4,
  type MacAddress,
  prefixMask,
  writeMac,
} from "./address";
import { encodeArp, parseArp } from "./arp";
import type { Clock } from "./clock";
import {
  ETHERNET_HEADER_LENGTH,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  type EthernetPort,
  parseEthernet,
  writeEthernet,
} from "./ethernet";
import { encodeIcmp, UNREACHABLE_NET, UNREACHABLE_PROTOCOL } from "./icmp";
import { IPV4_HEADER_LENGTH, type Ipv4Packet, parseIpv4Packet, PROTOCOL_ICMP, writeIpv4Header } from "./ipv4";
import { Link } from "./link";
import { Neighbours } from "./neighbours";
import { Reassembly } from "./reassembly";

const TIME_TO_LIVE = 64;
/** Where the IPv4 payload begins in `IpLayer.frame`. */
export const PAYLOAD_AT = ETHERNET_HEADER_LENGTH + IPV4_HEADER_LENGTH;

/** `ours` is false for a packet that the guest sends through us, to an address of the outer world. */
export type ProtocolHandler = (packet: Ipv4Packet, ours: boolean) => void;

export interface IpLayerOptions {
  readonly port: EthernetPort;
  readonly clock: Clock;
  readonly mac: MacAddress;
  /** Ours. The first one speaks where no other is meant. */
  readonly addresses: readonly [Ipv4Address, ...Ipv4Address[]];
  readonly prefixLength: number;
  readonly gateway: Ipv4Address | undefined;
  readonly mtu: number;
  /** The port takes frames again after `transmit` said false. */
  readonly onReady: () => void;
  /** No neighbour has this address. */
  readonly onLost: (address: Ipv4Address) => void;
}

export class IpLayer {
  /** The frame under way. Write a payload at `PAYLOAD_AT`, then call `transmit`. */
  readonly frame: Uint8Array<ArrayBuffer>;
  readonly mtu: number;
  readonly primary: Ipv4Address;
  readonly #mac: MacAddress;
  readonly #addresses: ReadonlySet<Ipv4Address>;
  readonly #mask: Ipv4Address;
  readonly #gateway: Ipv4Address | undefined;
  readonly #link: Link;
  readonly #neighbours: Neighbours;
  readonly #reassembly: Reassembly;
  readonly #handlers = new Map<number, ProtocolHandler>();
  readonly #unregister: () => void;
  #identification = 0;
  #closed = false;
  received = 0;
  /** Frames that were not for us, or not what they should be. */
  ignored = 0;

  constructor(options: IpLayerOptions) {
    this.mtu = options.mtu;
    this.frame = new Uint8Array(ETHERNET_HEADER_LENGTH + options.mtu);
    this.primary = options.addresses[0];
    this.#mac = options.mac;
    this.#addresses = new Set(options.addresses);
    this.#mask = prefixMask(options.prefixLength);
    this.#gateway = options.gateway;
    this.#link = new Link(options.port, options.clock, options.onReady);
    this.#neighbours = new Neighbours(options.clock, {
      ask: (address) => this.#sendArp("request", 0, address, BROADCAST_MAC),
      deliver: (frame, mac) => {
        writeMac(frame, 0, mac);
        this.#link.sendOrQueue(frame);
      },
      lost: options.onLost,
    });
    this.#reassembly = new Reassembly(options.clock);
    this.#unregister = options.port.onFrame((frame) => this.#receive(frame));
  }

  get sent(): number {
    return this.#link.sent;
  }

  get dropped(): number {
    return this.#link.dropped;
  }

  /** False while the port takes no frames: `transmit` would fail. */
  get ready(): boolean {
    return this.#link.ready;
  }

  has(address: Ipv4Address): boolean {
    return this.#addresses.has(address);
  }

  handle(protocol: number, handler: ProtocolHandler): void {
    this.#handlers.set(protocol, handler);
  }

  /** Notes a neighbour that said by other means who it is (DHCP). */
  learn(address: Ipv4Address, mac: MacAddress): void {
    this.#neighbours.learn(address, mac);
  }

  /** Packets to this address seem to be lost on the way. */
  doubt(address: Ipv4Address): void {
    this.#neighbours.doubt(this.#nextHop(address) ?? address);
  }

  /**
   * Sends `length` bytes of payload that stand in `frame` at `PAYLOAD_AT`; together with the header they fit the MTU.
   * False when the port takes nothing now: try again after `onReady`.
   */
  transmit(source: Ipv4Address, destination: Ipv4Address, protocol: number, length: number): boolean {
    if (!this.#link.ready) return false;
    return this.#sendFrame(source, destination, protocol, length, 0, false, true);
  }

  /** Sends a payload of any length up to 65515 bytes, in fragments if need be; waits its turn when the port is full. */
  send(source: Ipv4Address, destination: Ipv4Address, protocol: number, payload: Uint8Array): void {
    const most = this.mtu - IPV4_HEADER_LENGTH;
    const step = payload.length <= most ? most : most & ~7;
    let at = 0;
    do {
      const part = payload.subarray(at, at + step);
      this.frame.set(part, PAYLOAD_AT);
      const more = at + part.length < payload.length;
      if (!this.#sendFrame(source, destination, protocol, part.length, at, more, false)) {
        this.#link.sendOrQueue(this.frame.subarray(0, PAYLOAD_AT + part.length));
      }
      at += part.length;
    } while (at < payload.length);
    this.#identification = (this.#identification + 1) & 0xffff;
  }

  /** Answers that a packet could not be delivered (RFC 1122 §3.2.2.1: never to a broadcast, nor to an ICMP error). */
  refuse(packet: Ipv4Packet, code: number): void {
    if (packet.source === 0 || this.#isBroadcast(packet.destination)) return;
    if (packet.protocol === PROTOCOL_ICMP && packet.payload[0] !== 8) return;
    const quote = new Uint8Array(packet.header.length + Math.min(8, packet.payload.length));
    quote.set(packet.header);
    quote.set(packet.payload.subarray(0, 8), packet.header.length);
    const source = this.has(packet.destination) ? packet.destination : this.primary;
    this.send(source, packet.source, PROTOCOL_ICMP, encodeIcmp({ type: "unreachable", code, quote }));
  }

  close(): void {
    this.#closed = true;
    this.#unregister();
    this.#neighbours.close();
    this.#link.close();
  }

  #sendFrame(
    source: Ipv4Address,
    destination: Ipv4Address,
    protocol: number,
    length: number,
    fragmentOffset: number,
    moreFragments: boolean,
    dontFragment: boolean,
  ): boolean {
    if (this.#closed) return true;
    const identification = this.#identification;
    if (dontFragment) this.#identification = (identification + 1) & 0xffff;
    writeIpv4Header(
      this.frame,
      ETHERNET_HEADER_LENGTH,
      {
        source,
        destination,
        protocol,
        timeToLive: TIME_TO_LIVE,
        identification,
        dontFragment,
        moreFragments,
        fragmentOffset,
      },
      length,
    );
    const hop = this.#nextHop(destination);
    const mac = this.#isBroadcast(destination) ? BROADCAST_MAC : hop && this.#neighbours.find(hop);
    writeEthernet(this.frame, { destination: mac ?? 0, source: this.#mac, etherType: ETHERTYPE_IPV4 });
    const frame = this.frame.subarray(0, PAYLOAD_AT + length);
    if (mac !== undefined) return this.#link.send(frame);
    // What has no way is dropped, as IP may: TCP's timers or the caller's find out.
    if (hop !== undefined) this.#neighbours.hold(hop, frame);
    return true;
  }

  /** Whom to ask for by ARP; undefined when there is no way. */
  #nextHop(destination: Ipv4Address): Ipv4Address | undefined {
    if (this.#isOnLink(destination) || this.#neighbours.find(destination) !== undefined) return destination;
    return this.#gateway;
  }

  #isOnLink(address: Ipv4Address): boolean {
    return ((address ^ this.primary) & this.#mask) === 0;
  }

  #isBroadcast(address: Ipv4Address): boolean {
    return address === BROADCAST_IPV4 || address === (this.primary | ~this.#mask) >>> 0;
  }

  #receive(frame: Uint8Array): void {
    this.received += 1;
    const ethernet = parseEthernet(frame);
    if (ethernet === undefined || isGroupMac(ethernet.source)) {
      this.ignored += 1;
      return;
    }
    const meant = ethernet.destination === this.#mac || ethernet.destination === BROADCAST_MAC;
    const payload = frame.subarray(ETHERNET_HEADER_LENGTH);
    if (meant && ethernet.etherType === ETHERTYPE_ARP) this.#receiveArp(payload);
    else if (meant && ethernet.etherType === ETHERTYPE_IPV4) this.#receiveIpv4(payload, ethernet.source);
    else this.ignored += 1;
  }

  #receiveArp(bytes: Uint8Array): void {
    const packet = parseArp(bytes);
    if (packet === undefined || this.has(packet.senderAddress) || isGroupMac(packet.senderMac)) {
      this.ignored += 1;
      return;
    }
    // A probe (RFC 5227) has no sender address yet.
    if (this.#isOnLink(packet.senderAddress) && isUnicastIpv4(packet.senderAddress)) {
      this.#neighbours.learn(packet.senderAddress, packet.senderMac);
    }
    if (packet.operation === "request" && this.has(packet.targetAddress)) {
      this.#sendArp("reply", packet.senderMac, packet.senderAddress, packet.senderMac, packet.targetAddress);
    }
  }

  #sendArp(
    operation: "request" | "reply",
    targetMac: MacAddress,
    targetAddress: Ipv4Address,
    destination: MacAddress,
    senderAddress = this.primary,
  ): void {
    const packet = encodeArp({ operation, senderMac: this.#mac, senderAddress, targetMac, targetAddress });
    const frame = new Uint8Array(ETHERNET_HEADER_LENGTH + packet.length);
    writeEthernet(frame, { destination, source: this.#mac, etherType: ETHERTYPE_ARP });
    frame.set(packet, ETHERNET_HEADER_LENGTH);
    this.#link.sendOrQueue(frame);
  }

  #receiveIpv4(bytes: Uint8Array, from: MacAddress): void {
    const packet = parseIpv4Packet(bytes);
    if (packet === undefined || this.has(packet.source) || !this.#isWelcome(packet)) {
      this.ignored += 1;
      return;
    }
    if (packet.source !== 0) this.#neighbours.learn(packet.source, from);
    const whole = packet.moreFragments || packet.fragmentOffset > 0 ? this.#reassembly.add(packet) : packet;
    if (whole === undefined) return;
    const ours = this.has(whole.destination) || this.#isBroadcast(whole.destination);
    const handler = this.#handlers.get(whole.protocol);
    if (handler !== undefined) handler(whole, ours);
    else this.refuse(whole, ours ? UNREACHABLE_PROTOCOL : UNREACHABLE_NET);
  }

  #isWelcome({ source, destination }: Ipv4Packet): boolean {
    if (this.#isBroadcast(destination)) return source === 0 || isUnicastIpv4(source);
    return isUnicastIpv4(source) && isUnicastIpv4(destination) && !this.#isBroadcast(source);
  }
}
