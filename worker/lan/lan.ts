/**
 * The network that the guest is plugged into: its gateway, its name server, and whatever else the tab plays. See
 * docs/lan.md.
 */
import { type Endpoint, formatIpv4, type Ipv4Address, parseIpv4, parseMac } from "./address";
import type { Clock } from "./clock";
import { DHCP_CLIENT_PORT, DHCP_SERVER_PORT, encodeDhcp, parseDhcp } from "./dhcp";
import { answerDhcp } from "./dhcp-server";
import { DNS_PORT } from "./dns";
import { type DnsOptions, DnsServer } from "./dns-server";
import { LanError } from "./errors";
import type { EthernetPort } from "./ethernet";
import { encodeIcmp, parseIcmp, UNREACHABLE_NET, UNREACHABLE_PORT, UNREACHABLE_PROTOCOL } from "./icmp";
import { IpLayer } from "./ip-layer";
import { type Ipv4Packet, PROTOCOL_ICMP } from "./ipv4";
import { answerNtp, NTP_PORT } from "./ntp";
import { DEFAULT_TCP_SETTINGS, type TcpSettings } from "./tcp/settings";
import type { Connection } from "./tcp/streams";
import { type ConnectionHandler, type ForeignTcp, TcpLayer } from "./tcp/tcp-layer";
import { type UdpHandler, UdpLayer, type UdpSocket } from "./udp-layer";

/** Locally administered, and easy to tell in a capture. */
const DEFAULT_MAC = "02:00:0a:00:02:02";
/** Which addresses are on the wire. */
const PREFIX_LENGTH = 24;
/** The smallest MTU that IPv4 hosts must take in one piece (RFC 791), and the largest packet that there is. */
const MTU_RANGE = [576, 65535] as const;

export interface LanOptions {
  readonly port: EthernetPort;
  readonly clock: Clock;
  /** Our addresses, e.g. `["10.0.2.2", "10.0.2.3"]`. The first one is the gateway and asks by ARP. */
  readonly addresses: readonly string[];
  /** One MAC address for all of ours. */
  readonly mac?: string;
  /** A neighbour that takes packets to other networks. By default there is none, and other networks cannot be reached. */
  readonly gateway?: string;
  /** The largest IPv4 packet, in bytes: 1500 by default, and the guest's must be the same. */
  readonly mtu?: number;
  /** Answers DHCP on the first address: the address that every client is given. */
  readonly lease?: string;
  /** Answers DNS on the first address. */
  readonly dns?: DnsOptions;
  /** Answers NTP on the first address: milliseconds since 1970. */
  readonly wallClock?: () => number;
  /** TCP to addresses that are not ours. By default it is reset at once. */
  readonly foreign?: ForeignTcp;
  readonly tcp?: Partial<TcpSettings>;
  /** A new connection's first sequence number, unsigned 32 bits. By default from the clock, as RFC 9293 §3.4.1 has it. */
  readonly initialSequence?: () => number;
}

interface ListenOptions {
  /** One of ours; by default all of them. */
  readonly address?: string;
  readonly port: number;
}

interface ConnectOptions extends Endpoint {
  /** Which of ours the connection comes from; by default the first. */
  readonly from?: string;
}

interface LanFigures {
  /** TCP connections in the table, half-open and lingering ones counted. */
  readonly connections: number;
  readonly framesReceived: number;
  /** Of these: not for us, or not what they should be. */
  readonly framesIgnored: number;
  readonly framesSent: number;
  /** Frames that the guest had no buffer for, for too long. */
  readonly framesDropped: number;
}

export interface Lan {
  /**
   * Answers TCP connections to a port of ours. The answer stops it; connections live on. Throws `LanError`
   * `address-in-use` or `bad-argument`.
   */
  listen(options: ListenOptions, onConnection: ConnectionHandler): () => void;
  /** Connects into the guest. Rejects with a `LanError` (`refused`, `timeout`, `unreachable`) or the signal's reason. */
  connect(options: ConnectOptions, signal?: AbortSignal): Promise<Connection>;
  /** Answers datagrams to a port of ours. Throws as `listen` does. */
  listenUdp(options: ListenOptions, onMessage: UdpHandler): UdpSocket;
  /**
   * Has the guest reset a TCP connection that it believes in and this LAN knows nothing of: one to another LAN, in whose
   * place this one is. Throws `LanError` `bad-argument`.
   */
  ask(ours: Endpoint, guests: Endpoint): void;
  figures(): LanFigures;
  /** Resets every connection, leaves no timer behind, and is silent from then on. */
  close(): void;
}

/** Plugs a LAN into the guest's port. Throws `LanError` `bad-argument`. */
export function createLan(options: LanOptions): Lan {
  const { clock, port } = options;
  const [primary, ...others] = options.addresses.map(parseIpv4);
  if (primary === undefined) throw new LanError("bad-argument", "a LAN needs an address");
  const mtu = checkRange("MTU", options.mtu ?? 1500, ...MTU_RANGE);

  const ip = new IpLayer({
    port,
    clock,
    mac: parseMac(options.mac ?? DEFAULT_MAC),
    addresses: [primary, ...others],
    prefixLength: PREFIX_LENGTH,
    gateway: options.gateway === undefined ? undefined : parseIpv4(options.gateway),
    mtu,
    onReady: () => tcp.onReady(),
    onLost: (address) => tcp.onLost(address),
  });
  const udp = new UdpLayer(ip, clock);
  const tcp = new TcpLayer({
    ip,
    clock,
    settings: { ...DEFAULT_TCP_SETTINGS, ...options.tcp },
    initialSequence: options.initialSequence ?? clockSequence(clock),
    foreign: options.foreign,
  });
  ip.handle(PROTOCOL_ICMP, (packet, ours) => receiveIcmp(ip, tcp, packet, ours));

  /** 0 for "all of ours". */
  const ownAddress = (address: string | undefined): Ipv4Address => {
    if (address === undefined) return 0;
    const parsed = parseIpv4(address);
    if (!ip.has(parsed)) throw new LanError("bad-argument", `${address} is not an address of this LAN`);
    return parsed;
  };

  const { lease, dns, wallClock } = options;
  if (lease !== undefined)
    serveDhcp(ip, udp, {
      address: parseIpv4(lease),
      prefixLength: PREFIX_LENGTH,
      server: primary,
      mtu,
    });
  if (dns !== undefined) serveDns(tcp, udp, primary, new DnsServer(dns, clock));
  if (wallClock !== undefined) serveNtp(udp, primary, wallClock);

  return {
    listen: ({ address, port }, onConnection) => tcp.listen(ownAddress(address), port, onConnection),
    connect: async (to, signal) => await tcp.connect(ownAddress(to.from) || primary, to, signal),
    listenUdp: ({ address, port }, onMessage) => udp.listen(ownAddress(address), port, onMessage),
    ask: (ours, guests) => tcp.ask(ours, guests),
    figures: () => ({
      connections: tcp.size,
      framesReceived: ip.received,
      framesIgnored: ip.ignored,
      framesSent: ip.sent,
      framesDropped: ip.dropped,
    }),
    close() {
      tcp.close();
      udp.close();
      ip.close();
    },
  };
}

function checkRange(what: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new LanError("bad-argument", `the ${what} must be from ${least} to ${most}, not ${value}`);
  }
  return value;
}

/** Four microseconds a step and 64 Ki a connection: a port used again begins after where it ended (RFC 793 §3.3). */
function clockSequence(clock: Clock): () => number {
  const start = Math.floor(Math.random() * 0x1_0000_0000);
  let connections = 0;
  return () => {
    connections += 1;
    return (start + Math.floor(clock.now() * 250) + connections * 65536) % 0x1_0000_0000;
  };
}

function receiveIcmp(ip: IpLayer, tcp: TcpLayer, packet: Ipv4Packet, ours: boolean): void {
  const message = parseIcmp(packet.payload);
  if (message === undefined) return;
  if (!ours) {
    ip.refuse(packet, UNREACHABLE_NET);
  } else if (message.type === "unreachable") {
    const refused = message.code === UNREACHABLE_PORT || message.code === UNREACHABLE_PROTOCOL;
    tcp.onUnreachable(message.quote, refused);
  } else if (message.type === "echo-request" && ip.has(packet.destination)) {
    ip.send(packet.destination, packet.source, PROTOCOL_ICMP, encodeIcmp({ ...message, type: "echo-reply" }));
  }
}

function serveDhcp(ip: IpLayer, udp: UdpLayer, lease: Parameters<typeof answerDhcp>[1]): void {
  const socket = udp.listen(0, DHCP_SERVER_PORT, ({ payload }) => {
    const request = parseDhcp(payload);
    const answer = request && answerDhcp(request, lease);
    if (answer === undefined) return;
    // The client cannot answer ARP before it knows its address.
    if (answer.to === lease.address) ip.learn(lease.address, answer.message.clientMac);
    socket.send({ address: formatIpv4(answer.to), port: DHCP_CLIENT_PORT }, encodeDhcp(answer.message));
  });
}

function serveDns(tcp: TcpLayer, udp: UdpLayer, address: Ipv4Address, server: DnsServer): void {
  udp.listen(address, DNS_PORT, ({ payload, reply }) => {
    void server.answer(payload).then((answer) => {
      if (answer !== undefined) reply(answer);
    });
  });
  tcp.listen(address, DNS_PORT, (connection) => void server.serve(connection));
}

function serveNtp(udp: UdpLayer, address: Ipv4Address, wallClock: () => number): void {
  udp.listen(address, NTP_PORT, ({ payload, reply }) => {
    const now = wallClock();
    const answer = answerNtp(payload, now, now);
    if (answer !== undefined) reply(answer);
  });
}
