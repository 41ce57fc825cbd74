/**
 * Wisp 1 packets: TCP connections side by side over one WebSocket, to a relay that makes them for us. Each message is one
 * packet: a type, a stream's number and what belongs to the type, all little-endian (the Wisp protocol, "Packet types").
 */

/** Why a stream ends ("Close reasons"). */
export const CLOSE_VOLUNTARY = 0x02;
export const CLOSE_NETWORK_ERROR = 0x03;

export type WispPacket =
  | { readonly type: "connect"; readonly stream: number; readonly host: string; readonly port: number }
  | { readonly type: "data"; readonly stream: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** How many more data packets the relay takes of that stream; of stream 0: of every new one. */
  | { readonly type: "continue"; readonly stream: number; readonly packets: number }
  | { readonly type: "close"; readonly stream: number; readonly reason: number };

const TYPES = { connect: 1, data: 2, continue: 3, close: 4 } as const;
const HEADER_BYTES = 5;
const STREAM_TYPE_TCP = 1;

export function encodePacket(packet: WispPacket): Uint8Array<ArrayBuffer> {
  const payload = encodePayload(packet);
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, TYPES[packet.type]);
  view.setUint32(1, packet.stream, true);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

function encodePayload(packet: WispPacket): Uint8Array {
  switch (packet.type) {
    case "connect": {
      const host = new TextEncoder().encode(packet.host);
      const payload = new Uint8Array(3 + host.length);
      payload[0] = STREAM_TYPE_TCP;
      new DataView(payload.buffer).setUint16(1, packet.port, true);
      payload.set(host, 3);
      return payload;
    }
    case "data":
      return packet.bytes;
    case "continue": {
      const payload = new Uint8Array(4);
      new DataView(payload.buffer).setUint32(0, packet.packets, true);
      return payload;
    }
    case "close":
      return Uint8Array.of(packet.reason);
  }
}

/** A message of the relay; undefined for one that a relay does not send, or that is cut off. */
export function parsePacket(message: Uint8Array<ArrayBuffer>): WispPacket | undefined {
  if (message.length < HEADER_BYTES) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const stream = view.getUint32(1, true);
  const rest = message.length - HEADER_BYTES;
  switch (view.getUint8(0)) {
    case TYPES.data:
      return { type: "data", stream, bytes: message.subarray(HEADER_BYTES) };
    case TYPES.continue:
      return rest < 4 ? undefined : { type: "continue", stream, packets: view.getUint32(HEADER_BYTES, true) };
    case TYPES.close:
      return rest < 1 ? undefined : { type: "close", stream, reason: view.getUint8(HEADER_BYTES) };
    default:
      return undefined;
  }
}
