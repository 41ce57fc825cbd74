/** Ethernet II frames (IEEE 802.3, no VLAN tags, no frame check sequence: the virtual wire has none). */
import { type MacAddress, readMac, writeMac } from "./address";
import { readU16, writeU16 } from "./bytes";

export const ETHERNET_HEADER_LENGTH = 14;
export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;

/** The machine's network card, seen from the other end of its wire. */
export interface EthernetPort {
  /**
   * Hands a frame to the guest. False when the guest has no receive buffer now: the frame was not taken, and is sent
   * again on `onDrain`, or some milliseconds later. The frame is only valid during the call: copy what is kept. It
   * must not call `onFrame`'s listener before it returns.
   */
  send(frame: Uint8Array): boolean;

  /** Registers who gets the guest's frames, each valid during the call only. The answer unregisters. */
  onFrame(listener: (frame: Uint8Array) => void): () => void;

  /** Registers who is told that the guest has receive buffers again after `send` said false. The answer unregisters. */
  onDrain?(listener: () => void): () => void;
}

export interface EthernetHeader {
  readonly destination: MacAddress;
  readonly source: MacAddress;
  readonly etherType: number;
}

/** Undefined when the frame is too short. */
export function parseEthernet(frame: Uint8Array): EthernetHeader | undefined {
  if (frame.length < ETHERNET_HEADER_LENGTH) return undefined;
  return { destination: readMac(frame, 0), source: readMac(frame, 6), etherType: readU16(frame, 12) };
}

export function writeEthernet(target: Uint8Array, header: EthernetHeader): void {
  writeMac(target, 0, header.destination);
  writeMac(target, 6, header.source);
  writeU16(target, 12, header.etherType);
}
