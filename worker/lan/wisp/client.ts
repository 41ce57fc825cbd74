/**
 * A client of a Wisp relay: one WebSocket, opened when it is first needed and again when it was lost, and the streams
 * over it. What the relay sends is checked, what is sent to it keeps to the credit that it gives.
 */
import { LanError } from "../errors";
import { CLOSE_NETWORK_ERROR, CLOSE_VOLUNTARY, encodePacket, parsePacket, type WispPacket } from "./packet";

/** A WebSocket, as far as it is needed. Messages are binary. */
export interface RelaySocket {
  send(message: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface RelaySocketEvents {
  readonly onMessage: (message: Uint8Array<ArrayBuffer>) => void;
  /** The socket could not be opened, or has ended. Once. */
  readonly onClose: () => void;
}

/** Opens a WebSocket to a `ws:` or `wss:` URL. May throw for an invalid URL. */
export type OpenRelaySocket = (url: string, events: RelaySocketEvents) => RelaySocket;

/** What a stream tells its owner. */
export interface StreamEvents {
  /** Bytes from the other side. Nothing holds the relay back: the receiver must find room. */
  onData(bytes: Uint8Array<ArrayBuffer>): void;
  /** The other side has ended the stream: by itself, or (`false`) because something went wrong. Once, and the last word. */
  onEnd(good: boolean): void;
}

interface Stream {
  readonly events: StreamEvents;
  /** Data packets that the relay takes now. */
  credit: number;
  waiting: (() => void) | undefined;
}

export class WispClient {
  readonly #url: string;
  readonly #open: OpenRelaySocket;
  readonly #streams = new Map<number, Stream>();
  #socket: RelaySocket | undefined;
  /** The relay's first word: how many packets a new stream may send. Undefined until it came. */
  #credit: number | undefined;
  /** CONNECT packets that wait for that word. */
  #pending: WispPacket[] = [];
  #next = 1;
  #closed = false;

  constructor(url: string, open: OpenRelaySocket) {
    this.#url = url;
    this.#open = open;
  }

  /** Streams that are open. */
  get size(): number {
    return this.#streams.size;
  }

  /** Opens a stream to a host, by name or address. Whether it was reached shows only in what comes. */
  connect(host: string, port: number, events: StreamEvents): WispStream {
    if (this.#closed) throw new LanError("closed", "the relay is switched off");
    this.#socket ??= this.#openSocket();
    const id = this.#next;
    this.#next = (this.#next % 0xffff_fffe) + 1;
    this.#streams.set(id, { events, credit: this.#credit ?? 0, waiting: undefined });
    const packet: WispPacket = { type: "connect", stream: id, host, port };
    if (this.#credit === undefined) this.#pending.push(packet);
    else this.#send(packet);
    return {
      send: (bytes) => this.#sendData(id, bytes),
      close: () => this.#end(id, CLOSE_VOLUNTARY),
      abort: () => this.#end(id, CLOSE_NETWORK_ERROR),
    };
  }

  /** Ends every stream and the socket. */
  close(): void {
    this.#closed = true;
    this.#socket?.close();
    this.#lose();
  }

  #openSocket(): RelaySocket {
    let current = true;
    const socket = this.#open(this.#url, {
      onMessage: (message) => {
        if (current) this.#receive(message);
      },
      onClose: () => {
        if (current) this.#lose();
        current = false;
      },
    });
    return socket;
  }

  #receive(message: Uint8Array<ArrayBuffer>): void {
    const packet = parsePacket(message);
    // Of another version or none: a relay that says such things is left alone to say them.
    if (packet === undefined) return;
    if (packet.stream === 0) {
      if (packet.type === "continue" && this.#credit === undefined) this.#begin(packet.packets);
      return;
    }
    const stream = this.#streams.get(packet.stream);
    if (stream === undefined) return;
    if (packet.type === "data") {
      stream.events.onData(packet.bytes);
    } else if (packet.type === "continue") {
      this.#give(stream, packet.packets);
    } else if (packet.type === "close") {
      this.#streams.delete(packet.stream);
      stream.waiting?.();
      stream.events.onEnd(packet.reason === CLOSE_VOLUNTARY);
    }
  }

  #begin(credit: number): void {
    this.#credit = credit;
    for (const packet of this.#pending.splice(0)) {
      const stream = this.#streams.get(packet.stream);
      if (stream === undefined) continue;
      this.#send(packet);
      this.#give(stream, credit);
    }
  }

  #give(stream: Stream, credit: number): void {
    stream.credit = credit;
    if (credit === 0) return;
    stream.waiting?.();
    stream.waiting = undefined;
  }

  /** Waits until the relay takes it. One at a time. Rejects with `reset` when the stream has ended. */
  async #sendData(id: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    for (;;) {
      const stream = this.#streams.get(id);
      if (stream === undefined) throw new LanError("reset", "the relay has ended the connection");
      if (stream.credit > 0) {
        stream.credit -= 1;
        this.#send({ type: "data", stream: id, bytes });
        return;
      }
      await new Promise<void>((resolve) => (stream.waiting = resolve));
    }
  }

  #end(id: number, reason: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#streams.delete(id);
    stream.waiting?.();
    const pending = this.#pending.findIndex((packet) => packet.stream === id);
    if (pending >= 0) this.#pending.splice(pending, 1);
    else this.#send({ type: "close", stream: id, reason });
  }

  #send(packet: WispPacket): void {
    this.#socket?.send(encodePacket(packet));
  }

  /** The socket is gone, and every stream with it. The next `connect` tries again. */
  #lose(): void {
    this.#socket = undefined;
    this.#credit = undefined;
    this.#pending = [];
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    for (const stream of streams) {
      stream.waiting?.();
      stream.events.onEnd(false);
    }
  }
}

export interface WispStream {
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  /** Ends it in good order; nothing comes any more. */
  readonly close: () => void;
  readonly abort: () => void;
}
