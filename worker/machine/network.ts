/** The machine's network card plugged into our LAN: 10.0.2.2 is its gateway, name server and time server. */
import type { EthernetPort } from "../lan/ethernet";
import { systemClock } from "../lan/clock";
import { createLan, type Lan } from "../lan/lan";
import type { Emulator } from "./emulator";

/** As in images/rootfs/overlay: the guest is 10.0.2.15/24. */
export const GATEWAY_ADDRESS = "10.0.2.2";
const GUEST_ADDRESS = "10.0.2.15";

/** A LAN without any server but its own: every name is unknown, at once, and every address out of reach. */
export function plugIntoLan(emulator: Pick<Emulator, "onFrame" | "sendFrame">): Lan {
  return createLan({
    port: ethernetPort(emulator),
    clock: systemClock,
    addresses: [GATEWAY_ADDRESS],
    lease: GUEST_ADDRESS,
    dns: { names: new Map(), hint: "This machine lives in a browser tab and has no Internet." },
    wallClock: () => Date.now(),
  });
}

function ethernetPort(emulator: Pick<Emulator, "onFrame" | "sendFrame">): EthernetPort {
  return {
    send: (frame) => emulator.sendFrame(frame),
    onFrame: (listener) => {
      // v86's listeners stay for the machine's life; the LAN ends with it.
      let listening = true;
      emulator.onFrame((frame) => {
        if (listening) listener(frame);
      });
      return () => {
        listening = false;
      };
    },
  };
}
