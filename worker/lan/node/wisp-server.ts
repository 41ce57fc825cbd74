/** A Wisp relay on the loopback, for tests: a packaged one, and for it every name is this machine. */
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { logging, server as wisp } from "@mercuryworkshop/wisp-js/server";

export interface WispServer {
  /** `ws://127.0.0.1:PORT/` */
  readonly url: string;
  /** Ends the WebSockets that are open, and goes on listening. */
  readonly drop: () => void;
  readonly close: () => void;
}

export async function startWispServer(): Promise<WispServer> {
  logging.set_level(logging.NONE);
  Object.assign(wisp.options, {
    allow_loopback_ips: true,
    allow_private_ips: true,
    dns_method: () => Promise.resolve("127.0.0.1"),
  });
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on("upgrade", (request, socket: Socket, head) => {
    sockets.add(socket);
    wisp.routeRequest(request, socket, head);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    drop,
    close: () => {
      drop();
      server.close();
    },
  };
}
