/** For tests: connections to real servers on this machine's loopback. */
import { connect } from "node:net";
import { Readable, Writable } from "node:stream";
import { GuestHttpError } from "../errors";
import type { PortDial } from "../connection-pool";

export const dialSocket: PortDial = (port, signal) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, signal });
    socket.once("error", (cause) => reject(new GuestHttpError("refused", cause.message, { cause })));
    socket.once("connect", () => {
      // After this, failures come out of the streams.
      socket.on("error", () => undefined);
      resolve({
        readable: Readable.toWeb(socket) as ReadableStream<Uint8Array>,
        writable: Writable.toWeb(socket) as WritableStream<Uint8Array>,
        close: () => socket.destroy(),
      });
    });
  });
