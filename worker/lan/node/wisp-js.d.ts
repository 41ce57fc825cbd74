/** The parts of the relay that the tests run; its package has no types of its own. */
declare module "@mercuryworkshop/wisp-js/server" {
  import type { IncomingMessage } from "node:http";
  import type { Duplex } from "node:stream";

  export const logging: { readonly NONE: number; set_level(level: number): void };
  export const server: {
    readonly options: Record<string, unknown>;
    routeRequest(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  };
}
