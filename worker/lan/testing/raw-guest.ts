/** A guest made of nothing but frames, for tests that say exactly what is on the wire. */
import { type Ipv4Address, type MacAddress, parseIpv4, parseMac } from "../address";
import { type ArpPacket, encodeArp, parseArp } from "../arp";
import { concatBytes } from "../../bytes";
import {
  ETHERNET_HEADER_LENGTH,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
  type EthernetPort,
  parseEthernet,
  writeEthernet,
} from "../ethernet";
import {
  IPV4_HEADER_LENGTH,
  type Ipv4Header,
  type Ipv4Packet,
  parseIpv4Packet,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  writeIpv4Header,
} from "../ipv4";
import { encodeSegment, parseSegment, type Segment } from "../tcp/segment";
import { encodeUdp, parseUdp, type UdpDatagram } from "../udp";

export const GUEST_MAC = parseMac("52:54:00:12:34:56");
export const LAN_MAC = parseMac("02:00:0a:00:02:02");
export const GUEST = parseIpv4("10.0.2.15");
export const GATEWAY = parseIpv4("10.0.2.2");

export class RawGuest {
  /** Frames that the LAN sent, and that no test has looked at yet. */
  readonly received: Uint8Array[] = [];
  /** While false, the guest has no receive buffer. */
  accepting = true;
  readonly port: EthernetPort;
  readonly #listeners = new Set<(frame: Uint8Array) => void>();
  readonly #drains = new Set<() => void>();

  constructor() {
    this.port = {
      send: (frame) => {
        if (this.accepting) this.received.push(frame.slice());
        return this.accepting;
      },
      onFrame: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      onDrain: (listener) => {
        this.#drains.add(listener);
        return () => this.#drains.delete(listener);
      },
    };
  }

  /** The LAN listens to this guest. */
  get plugged(): boolean {
    return this.#listeners.size > 0;
  }

  drain(): void {
    this.accepting = true;
    for (const listener of this.#drains) listener();
  }

  send(frame: Uint8Array): void {
    for (const listener of this.#listeners) listener(frame);
  }

  sendFrame(etherType: number, payload: Uint8Array, destination: MacAddress = LAN_MAC): void {
    const header = new Uint8Array(ETHERNET_HEADER_LENGTH);
    writeEthernet(header, { destination, source: GUEST_MAC, etherType });
    this.send(concatBytes([header, payload]));
  }

  sendArp(packet: ArpPacket, destination: MacAddress = LAN_MAC): void {
    this.sendFrame(ETHERTYPE_ARP, encodeArp(packet), destination);
  }

  sendIpv4(
    header: Partial<Ipv4Header> & { readonly protocol: number },
    payload: Uint8Array,
    destination: MacAddress = LAN_MAC,
  ): void {
    const bytes = new Uint8Array(IPV4_HEADER_LENGTH + payload.length);
    const whole: Ipv4Header = {
      source: GUEST,
      destination: GATEWAY,
      timeToLive: 64,
      identification: 1,
      dontFragment: false,
      moreFragments: false,
      fragmentOffset: 0,
      ...header,
    };
    writeIpv4Header(bytes, 0, whole, payload.length);
    bytes.set(payload, IPV4_HEADER_LENGTH);
    this.sendFrame(ETHERTYPE_IPV4, bytes, destination);
  }

  sendUdp(datagram: UdpDatagram, destination: Ipv4Address = GATEWAY, source: Ipv4Address = GUEST): void {
    this.sendIpv4({ protocol: PROTOCOL_UDP, source, destination }, encodeUdp(datagram, source, destination));
  }

  sendTcp(segment: Segment, destination: Ipv4Address = GATEWAY): void {
    this.sendIpv4({ protocol: PROTOCOL_TCP, destination }, encodeSegment(segment, GUEST, destination));
  }

  /** The oldest frame not looked at, or undefined. */
  nextFrame(): Uint8Array | undefined {
    return this.received.shift();
  }

  /** It as an ARP packet, or undefined. */
  nextArp(): ArpPacket | undefined {
    const frame = this.nextFrame();
    if (frame === undefined || parseEthernet(frame)?.etherType !== ETHERTYPE_ARP) return undefined;
    return parseArp(frame.subarray(ETHERNET_HEADER_LENGTH));
  }

  nextIpv4(): Ipv4Packet | undefined {
    const frame = this.nextFrame();
    if (frame === undefined || parseEthernet(frame)?.etherType !== ETHERTYPE_IPV4) return undefined;
    return parseIpv4Packet(frame.subarray(ETHERNET_HEADER_LENGTH));
  }

  nextUdp(): UdpDatagram | undefined {
    const packet = this.nextIpv4();
    if (packet?.protocol !== PROTOCOL_UDP) return undefined;
    return parseUdp(packet.payload, packet.source, packet.destination);
  }

  nextTcp(): Segment | undefined {
    const packet = this.nextIpv4();
    if (packet?.protocol !== PROTOCOL_TCP) return undefined;
    return parseSegment(packet.payload, packet.source, packet.destination);
  }
}
