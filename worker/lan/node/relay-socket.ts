/** A relay's WebSocket in Node. */
import { WebSocket } from "ws";
import type { OpenRelaySocket } from "../wisp/client";

export const openRelaySocket: OpenRelaySocket = (url, { onMessage, onClose }) => {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  socket.on("message", (data) => {
    if (data instanceof ArrayBuffer) onMessage(new Uint8Array(data));
  });
  // An error is followed by "close", which says enough.
  socket.on("error", () => undefined);
  socket.on("close", onClose);
  // Nothing is sent before the relay has spoken, so it is open by then.
  return { send: (message) => socket.send(message), close: () => socket.close() };
};
