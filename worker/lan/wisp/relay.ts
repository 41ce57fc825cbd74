/**
 * The outer world through a Wisp relay. The relay knows names and we do not, so each name that the guest asks for gets an
 * address of its own out of 198.18.0.0/15 (RFC 2544: no host of the Internet has one), and a connection to that address
 * is one to the name.
 */
import { formatIpv4, parseIpv4 } from "../address";
import { type Clock, LazyTimer } from "../clock";
import { LanError } from "../errors";
import type { Connection } from "../tcp/streams";
import type { ForeignTcp } from "../tcp/tcp-layer";
import { type OpenRelaySocket, WispClient, type WispStream } from "./client";

const FIRST_ADDRESS = parseIpv4("198.18.0.1");
/** The names that came last; an older one's address is given to another. */
const MAX_NAMES = 4096;
/** The protocol cannot hold the relay back: what the guest has not taken lies here, up to so many bytes a connection. */
const MAX_WAITING_BYTES = 128 * 1024 * 1024;
/** Wisp knows no half-closed connection: once the guest has ended its half, silence for so long ends the other. */
const HALF_CLOSED_MS = 30_000;

export interface RelayOptions {
  readonly openSocket: OpenRelaySocket;
  readonly clock: Clock;
}

export class Relay {
  readonly #options: RelayOptions;
  readonly #addresses = new Map<string, number>();
  readonly #names = new Map<number, string>();
  #given = 0;
  #client: WispClient | undefined;
  #url: string | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** Switches to another relay, or with undefined off: what is open ends. Throws `LanError` `bad-argument`. */
  use(url: string | undefined): void {
    if (url !== undefined && !isRelayUrl(url))
      throw new LanError("bad-argument", `not a ws: or wss: URL: ${url}`);
    if (url === this.#url) return;
    this.#url = url;
    this.#client?.close();
    this.#client = url === undefined ? undefined : new WispClient(url, this.#options.openSocket);
  }

  /** For `DnsOptions.resolve`: no name is known without a relay, and every name with one. */
  readonly resolve = (name: string): Promise<readonly string[]> =>
    Promise.resolve(
      this.#client === undefined || !name.includes(".") ? [] : [formatIpv4(this.#addressOf(name))],
    );

  /** For `LanOptions.foreign`. */
  readonly foreign: ForeignTcp = {
    admit: ({ address }) => this.#client !== undefined && this.#hostOf(address) !== undefined,
    onConnection: (connection) => {
      void this.#carry(connection);
    },
  };

  close(): void {
    this.use(undefined);
  }

  #addressOf(name: string): number {
    const known = this.#addresses.get(name);
    if (known !== undefined) return known;
    const address = FIRST_ADDRESS + (this.#given % MAX_NAMES);
    this.#given += 1;
    const former = this.#names.get(address);
    if (former !== undefined) this.#addresses.delete(former);
    this.#names.set(address, name);
    this.#addresses.set(name, address);
    return address;
  }

  /** The name behind an address of ours, or the address itself; undefined for one of ours that has no name (any more). */
  #hostOf(address: string): string | undefined {
    const number = parseIpv4(address);
    const name = this.#names.get(number);
    if (name !== undefined) return name;
    const ours = number >>> 17 === FIRST_ADDRESS >>> 17;
    return ours ? undefined : address;
  }

  async #carry(connection: Connection): Promise<void> {
    const { address, port } = connection.local;
    const host = this.#hostOf(address);
    if (this.#client === undefined || host === undefined) {
      connection.abort();
      return;
    }
    const inbound = new Inbound(connection, this.#options.clock);
    try {
      const stream = this.#client.connect(host, port, inbound);
      inbound.begin(stream);
      await send(connection, stream);
      inbound.halfClosed();
    } catch {
      // The relay, the guest or the other side is gone, and each is told by the ends of both connections.
      inbound.abort();
    }
  }
}

async function send(connection: Connection, stream: WispStream): Promise<void> {
  const reader = connection.readable.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read())
      await stream.send(next.value);
  } catch (error) {
    // What the guest still sends has nowhere to go.
    await reader.cancel();
    throw error;
  }
}

/** What comes from the relay, on its way to the guest. */
class Inbound {
  readonly #connection: Connection;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #silence: LazyTimer;
  #stream: WispStream | undefined;
  #waiting = 0;
  #half = false;
  #ended = false;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#writer = connection.writable.getWriter();
    this.#writer.closed.catch(() => undefined);
    this.#silence = new LazyTimer(clock, () => this.abort());
    // Whatever ends the guest's side ends the relay's.
    void connection.closed.then(() => this.#finish());
  }

  begin(stream: WispStream): void {
    this.#stream = stream;
  }

  onData(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#ended) return;
    if (this.#half) this.#silence.arm(HALF_CLOSED_MS);
    this.#waiting += bytes.length;
    if (this.#waiting > MAX_WAITING_BYTES) {
      this.abort();
      return;
    }
    this.#writer.write(bytes).then(
      () => (this.#waiting -= bytes.length),
      () => this.abort(),
    );
  }

  onEnd(good: boolean): void {
    this.#stream = undefined;
    if (this.#ended) return;
    if (!good) {
      this.abort();
      return;
    }
    this.#ended = true;
    this.#silence.stop();
    // After the last write. A guest that is gone by then needs no FIN.
    this.#writer.close().catch(() => undefined);
  }

  halfClosed(): void {
    if (this.#ended) return;
    this.#half = true;
    this.#silence.arm(HALF_CLOSED_MS);
  }

  abort(): void {
    if (!this.#ended) this.#connection.abort();
    this.#finish();
  }

  #finish(): void {
    this.#ended = true;
    this.#silence.stop();
    this.#stream?.close();
    this.#stream = undefined;
  }
}

export function isRelayUrl(text: string): boolean {
  return URL.canParse(text) && ["ws:", "wss:"].includes(new URL(text).protocol);
}
