/** What stands around a connection: the layer below it and the streams above it. */
import type { Ipv4Address } from "../address";
import type { Clock } from "../clock";
import type { LanError } from "../errors";
import type { TcpConnection } from "./connection";
import type { SynOptions } from "./segment";
import type { SendBuffer } from "./send-buffer";
import type { TcpSettings } from "./settings";

export interface ConnectionAddress {
  readonly localAddress: Ipv4Address;
  readonly localPort: number;
  readonly remoteAddress: Ipv4Address;
  readonly remotePort: number;
}

/** A segment to be sent; its payload is a piece of the send buffer. */
export interface OutgoingSegment {
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  readonly options: SynOptions | undefined;
  readonly buffer: SendBuffer | undefined;
  readonly offset: number;
  readonly length: number;
}

/** What a connection needs of the layer that it lives in. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly settings: TcpSettings;
  /** The longest payload that fits the link's MTU. */
  readonly maxSegmentSize: number;
  /** False when the port is full: `flush` is called again later. */
  transmit(address: ConnectionAddress, segment: OutgoingSegment): boolean;
  /** Sends a reset, which waits its turn when the port is full. */
  reset(address: ConnectionAddress, seq: number, ack: number | undefined): void;
  /** Call `flush` soon. */
  queue(connection: TcpConnection): void;
  /** Frames to this address seem to be lost. */
  doubt(address: Ipv4Address): void;
  /** The connection is over: forget it. */
  gone(connection: TcpConnection): void;
}

/** What happens to a connection, told to its reader and writer. All are called when the state is consistent. */
export interface ConnectionEvents {
  established(): void;
  /** There is something to read, or the end of it. */
  readable(): void;
  /** There is room in the send buffer again. */
  writable(): void;
  /** All that was written and the end of it have arrived. */
  delivered(): void;
  /** Nothing more will happen. Without an error both sides have ended in good order. */
  closed(error: LanError | undefined): void;
}
