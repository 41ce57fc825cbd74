/** The machine's network card plugged into our LAN: its gateway, name server and time server, and its registries. */
import type { EthernetPort } from "../lan/ethernet";
import { systemClock } from "../lan/clock";
import { LanError } from "../lan/errors";
import { createLan, type Lan } from "../lan/lan";
import { PausableClock } from "../lan/pausable-clock";
import type { OpenRelaySocket } from "../lan/wisp/client";
import { Relay } from "../lan/wisp/relay";
import type { Emulator } from "./emulator/emulator";
import {
  HUB_ADDRESS,
  PRIVATE_ADDRESS,
  REGISTRY_NAMES,
  type RegistryPorts,
  serveRegistries,
} from "./registries";

/** As in images/rootfs/overlay: the guest is 10.0.2.15/24. */
const GATEWAY_ADDRESS = "10.0.2.2";
export const GUEST_ADDRESS = "10.0.2.15";

export interface Network {
  readonly lan: Lan;
  /** The LAN's time: it must stand still while the machine does. */
  readonly clock: PausableClock;
  /** Through which relay the machine reaches the Internet; undefined, as at first: not at all. Throws `LanError`. */
  setRelay(url: string | undefined): void;
  /** Drops from the registries' storage what no image needs. What fails is told to the registries' owner. */
  collectGarbage(): Promise<void>;
  /** Drops everything that was ever pushed to the registries. Rejects as their storage does. */
  dropImages(): Promise<void>;
  close(): void;
}

/**
 * The names of the registries are all that there is, unless a relay is set: every other name is unknown, at once, and
 * every other address out of reach. Without `registries` there are none either. The clock stands still until it is told to go.
 */
export function plugIntoLan(
  emulator: Pick<Emulator, "onFrame" | "sendFrame">,
  registries: RegistryPorts | undefined,
  openRelaySocket: OpenRelaySocket | undefined,
): Network {
  const clock = new PausableClock(systemClock);
  clock.pause();
  const relay = openRelaySocket && new Relay({ openSocket: openRelaySocket, clock });
  const lan = createLan({
    port: ethernetPort(emulator),
    clock,
    addresses: [GATEWAY_ADDRESS, HUB_ADDRESS, PRIVATE_ADDRESS],
    lease: GUEST_ADDRESS,
    dns: {
      names: registries === undefined ? new Map() : REGISTRY_NAMES,
      hint: "This machine lives in a browser tab and has no Internet.",
      ...(relay === undefined ? {} : { resolve: relay.resolve }),
    },
    ...(relay === undefined ? {} : { foreign: relay.foreign }),
    wallClock: () => Date.now(),
  });
  const served = registries && serveRegistries(lan, clock, registries);
  return {
    lan,
    clock,
    setRelay: (url) => {
      if (relay !== undefined) relay.use(url);
      else if (url !== undefined) throw new LanError("bad-argument", "there are no relays here");
    },
    collectGarbage: async () => served?.collectGarbage(),
    dropImages: async () => served?.dropImages(),
    close() {
      relay?.close();
      lan.close();
    },
  };
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
