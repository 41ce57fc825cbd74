import { BROADCAST_IPV4, type Ipv4Address, prefixMask } from "./address";
import { readU32, writeU16, writeU32 } from "./bytes";
import {
  DHCP_ACK,
  DHCP_DISCOVER,
  DHCP_INFORM,
  DHCP_NAK,
  DHCP_OFFER,
  DHCP_REQUEST,
  type DhcpMessage,
  OPTION_BROADCAST,
  OPTION_DNS,
  OPTION_LEASE_SECONDS,
  OPTION_MESSAGE_TYPE,
  OPTION_MTU,
  OPTION_NTP,
  OPTION_REBINDING_SECONDS,
  OPTION_RENEWAL_SECONDS,
  OPTION_REQUESTED_ADDRESS,
  OPTION_ROUTER,
  OPTION_SERVER,
  OPTION_SUBNET_MASK,
} from "./dhcp";

const LEASE_SECONDS = 24 * 60 * 60;

export interface DhcpLease {
  /** What every client is given: there is one guest on the wire. */
  readonly address: Ipv4Address;
  readonly prefixLength: number;
  /** Gateway, name server, time server and DHCP server. */
  readonly server: Ipv4Address;
  readonly mtu: number;
}

export interface DhcpAnswer {
  readonly message: DhcpMessage;
  /** Where to send it: the broadcast address, or the client's own. */
  readonly to: Ipv4Address;
}

/** What a server that has this one lease answers (RFC 2131 §4.3); undefined where it must keep silent. */
export function answerDhcp(request: DhcpMessage, lease: DhcpLease): DhcpAnswer | undefined {
  // There is no relay agent on this wire.
  if (request.operation !== "request" || request.relayAddress !== 0) return undefined;
  const server = addressOption(request, OPTION_SERVER);
  switch (request.options.get(OPTION_MESSAGE_TYPE)?.[0]) {
    case DHCP_DISCOVER:
      return answer(request, lease, DHCP_OFFER);
    case DHCP_REQUEST: {
      if (server !== undefined && server !== lease.server) return undefined;
      const wanted = addressOption(request, OPTION_REQUESTED_ADDRESS) ?? request.clientAddress;
      return answer(request, lease, wanted === lease.address ? DHCP_ACK : DHCP_NAK);
    }
    case DHCP_INFORM:
      return request.clientAddress === 0 ? undefined : answer(request, lease, DHCP_ACK, true);
    default:
      return undefined;
  }
}

function answer(request: DhcpMessage, lease: DhcpLease, type: number, inform = false): DhcpAnswer {
  const options = new Map<number, Uint8Array>([
    [OPTION_MESSAGE_TYPE, Uint8Array.of(type)],
    [OPTION_SERVER, u32(lease.server)],
  ]);
  const refused = type === DHCP_NAK;
  if (!refused && !inform) {
    options.set(OPTION_LEASE_SECONDS, u32(LEASE_SECONDS));
    options.set(OPTION_RENEWAL_SECONDS, u32(LEASE_SECONDS / 2));
    options.set(OPTION_REBINDING_SECONDS, u32((LEASE_SECONDS * 7) / 8));
  }
  if (!refused) {
    const mask = prefixMask(lease.prefixLength);
    options.set(OPTION_SUBNET_MASK, u32(mask));
    options.set(OPTION_ROUTER, u32(lease.server));
    options.set(OPTION_DNS, u32(lease.server));
    options.set(OPTION_NTP, u32(lease.server));
    options.set(OPTION_BROADCAST, u32((lease.address | ~mask) >>> 0));
    options.set(OPTION_MTU, u16(lease.mtu));
  }
  const { clientAddress } = request;
  const yourAddress = refused || inform ? 0 : lease.address;
  const message: DhcpMessage = {
    operation: "reply",
    transaction: request.transaction,
    broadcast: request.broadcast,
    clientAddress: refused ? 0 : clientAddress,
    yourAddress,
    relayAddress: 0,
    clientMac: request.clientMac,
    options,
  };
  // RFC 2131 §4.1: a client that has an address hears it there; a NAK is always broadcast.
  if (refused || (clientAddress === 0 && request.broadcast)) return { message, to: BROADCAST_IPV4 };
  return { message, to: clientAddress === 0 ? yourAddress : clientAddress };
}

function addressOption(message: DhcpMessage, code: number): Ipv4Address | undefined {
  const value = message.options.get(code);
  return value?.length === 4 ? readU32(value, 0) : undefined;
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeU32(bytes, 0, value);
  return bytes;
}

function u16(value: number): Uint8Array {
  const bytes = new Uint8Array(2);
  writeU16(bytes, 0, value);
  return bytes;
}
