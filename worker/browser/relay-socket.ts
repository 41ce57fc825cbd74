/** A relay's WebSocket in the browser. */
import type { OpenRelaySocket } from "../lan/wisp/client";

export const openRelaySocket: OpenRelaySocket = (url, { onMessage, onClose }) => {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    if (data instanceof ArrayBuffer) onMessage(new Uint8Array(data));
  });
  socket.addEventListener("close", onClose);
  // Nothing is sent before the relay has spoken, so it is open by then.
  return { send: (message) => socket.send(message), close: () => socket.close() };
};
