/** A server on one end of a wire, in virtual time (`settle` as VirtualClock takes it), and a client on the other that sends bytes as they are. */
import { latin1Bytes } from "../../http/latin1";
import { type HttpServerOptions, serveHttp } from "../../http/server/server";
import { readText } from "../../http/testing/chunks";
import type { Connection } from "../tcp/streams";
import { createPair, type Pair } from "./pair";
import { VirtualClock } from "./virtual-clock";

const MINUTES = 60_000;

export interface HttpScene {
  readonly clock: VirtualClock;
  readonly pair: Pair;
  /** What the server's owner was told. */
  readonly errors: unknown[];
  readonly connect: () => Promise<Connection>;
  /** Sends bytes, ends the client's half unless told not to, and gives what comes back until the end. */
  readonly exchange: (request: string | Uint8Array, halfClose?: boolean) => Promise<string>;
}

export function createHttpScene(
  options: Pick<HttpServerOptions, "handler"> & Partial<HttpServerOptions>,
  settle: () => Promise<void>,
): HttpScene {
  const clock = new VirtualClock(settle);
  const pair = createPair({ clock });
  const errors: unknown[] = [];
  pair.host.listen({ port: 80 }, (connection) => {
    void serveHttp(connection, {
      scheme: "http",
      clock,
      wallClock: () => Date.UTC(2026, 0, 1),
      onError: (error) => errors.push(error),
      ...options,
    });
  });
  const connect = (): Promise<Connection> =>
    clock.wait(pair.guest.connect({ address: "10.0.2.2", port: 80 }), MINUTES);
  return {
    clock,
    pair,
    errors,
    connect,
    exchange: async (request, halfClose = true) => {
      const connection = await connect();
      const bytes = typeof request === "string" ? latin1Bytes(request) : request;
      const writer = connection.writable.getWriter();
      // The server may end the connection before it has taken everything.
      const sending = writer.write(bytes).then(() => (halfClose ? writer.close() : undefined));
      sending.catch(() => undefined);
      return clock.wait(readText(connection.readable, true), 60 * MINUTES);
    },
  };
}
