/** Connections to the guest's ports: no more than a browser would open, and kept for the next request. */
import { abortable, onAbort } from "../abort";
import { ByteReader } from "../http/byte-reader";
import type { ByteConnection } from "../http/connection";
import { GuestHttpError } from "./errors";

/** Opens a connection to a port of the guest. Rejects with `GuestHttpError`. */
export type PortDial = (port: number, signal: AbortSignal) => Promise<ByteConnection>;

export interface PooledConnection {
  readonly reader: ByteReader;
  readonly writable: WritableStream<Uint8Array>;
  /** It has carried a request before, so the server may have closed it meanwhile. */
  readonly used: boolean;
  /** Gives it back, for another request if it is good for one. */
  release(reusable: boolean): void;
}

/** As browsers have it: more would only wait for one another in a machine of one processor. */
const MAX_CONNECTIONS_A_PORT = 6;
/** Shorter than servers wait (nginx 75 s, Apache 5 s, Node 5 s). */
const IDLE_MS = 4000;
const CONNECT_MS = 15_000;

interface Idle {
  readonly connection: ByteConnection;
  readonly reader: ByteReader;
  readonly timer: ReturnType<typeof setTimeout>;
}

class PortConnections {
  readonly idle: Idle[] = [];
  readonly waiting: (() => void)[] = [];
  open = 0;
}

export class ConnectionPool {
  readonly #dial: PortDial;
  readonly #ports = new Map<number, PortConnections>();

  constructor(dial: PortDial) {
    this.#dial = dial;
  }

  /** Open connections, idle ones included. */
  get size(): number {
    let size = 0;
    for (const { open, idle } of this.#ports.values()) size += open + idle.length;
    return size;
  }

  /**
   * A connection to `port`, when there is room for one.
   * @param fresh one that has carried nothing yet
   * @throws GuestHttpError `refused`, `no-answer`, or the signal's reason
   */
  async take(port: number, fresh: boolean, signal: AbortSignal): Promise<PooledConnection> {
    const here = this.#of(port);
    while (here.open >= MAX_CONNECTIONS_A_PORT) await waitTurn(here.waiting, signal);
    here.open += 1;
    const idle = fresh ? undefined : here.idle.pop();
    if (idle !== undefined) {
      clearTimeout(idle.timer);
      return this.#lend(port, idle.connection, idle.reader, true);
    }
    try {
      const connection = await this.#connect(port, signal);
      return this.#lend(port, connection, new ByteReader(connection.readable), false);
    } catch (error) {
      this.#leave(port);
      throw error;
    }
  }

  /** Closes what is idle; what is in use ends with its request. */
  close(): void {
    for (const { idle } of this.#ports.values()) {
      for (const { connection, timer } of idle.splice(0)) {
        clearTimeout(timer);
        connection.close();
      }
    }
  }

  async #connect(port: number, signal: AbortSignal): Promise<ByteConnection> {
    const abort = new AbortController();
    const forget = onAbort(signal, ({ reason }) => abort.abort(reason));
    const timer = setTimeout(() => {
      abort.abort(new GuestHttpError("no-answer", `port ${port} does not take connections`));
    }, CONNECT_MS);
    try {
      signal.throwIfAborted();
      return await this.#dial(port, abort.signal);
    } catch (error) {
      abort.signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
      forget();
    }
  }

  #lend(port: number, connection: ByteConnection, reader: ByteReader, used: boolean): PooledConnection {
    let lent = true;
    const release = (reusable: boolean): void => {
      if (!lent) return;
      lent = false;
      // Bytes that were not asked for belong to no answer that we could tell.
      if (reusable && reader.buffered === 0) this.#keep(port, connection, reader);
      else connection.close();
      this.#leave(port);
    };
    return { reader, writable: connection.writable, used, release };
  }

  #keep(port: number, connection: ByteConnection, reader: ByteReader): void {
    const { idle } = this.#of(port);
    const entry: Idle = {
      connection,
      reader,
      timer: setTimeout(() => {
        idle.splice(idle.indexOf(entry), 1);
        connection.close();
        this.#forget(port);
      }, IDLE_MS),
    };
    idle.push(entry);
  }

  #leave(port: number): void {
    const here = this.#of(port);
    here.open -= 1;
    here.waiting.shift()?.();
    this.#forget(port);
  }

  #of(port: number): PortConnections {
    const known = this.#ports.get(port);
    if (known !== undefined) return known;
    const made = new PortConnections();
    this.#ports.set(port, made);
    return made;
  }

  #forget(port: number): void {
    const { open, idle, waiting } = this.#of(port);
    if (open === 0 && idle.length === 0 && waiting.length === 0) this.#ports.delete(port);
  }
}

async function waitTurn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  let turn: () => void = () => undefined;
  const mine = new Promise<void>((resolve) => {
    turn = resolve;
    waiting.push(resolve);
  });
  try {
    await abortable(mine, signal);
  } finally {
    const at = waiting.indexOf(turn);
    if (at >= 0) waiting.splice(at, 1);
  }
}
