/**
 * Docker Hub and a company's registry as hosts of the LAN.
 *
 * Docker Hub's face is there twice: on port 80, the mirror that pulls go through, and on a port of its own for what
 * the guest's TLS terminator (images/rootfs/overlay/etc/stunnel) has decrypted. To a client of the second face it is
 * https, and so is the token service that it is sent to.
 */
import type { ImageNotice } from "../../contract/events";
import type { HttpHandler } from "../http/server/handler";
import { serveHttp } from "../http/server/server";
import type { Catalogue } from "../hub/catalogue/catalogue";
import { type RegistryError, toRegistryError } from "../hub/errors";
import { dropImages } from "../hub/storage/garbage";
import { createDockerHub, createPrivateRegistry } from "../hub/profiles";
import type { RegistryStorage } from "../hub/storage/store";
import type { Clock } from "../lan/clock";
import type { Lan } from "../lan/lan";

export const HUB_ADDRESS = "10.0.2.3";
export const PRIVATE_ADDRESS = "10.0.2.4";
const HUB_HTTP_PORT = 80;
/** As in images/rootfs/overlay/etc/stunnel/drydock.conf. */
const HUB_TLS_PORT = 8443;
const PRIVATE_PORT = 5000;

const HUB_NAMES = ["registry-1.docker.io", "auth.docker.io", "index.docker.io", "docker.io"];

/** What the name server knows. */
export const REGISTRY_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ...HUB_NAMES.map((name): [string, readonly string[]] => [name, [HUB_ADDRESS]]),
  ["registry.drydock.local", [PRIVATE_ADDRESS]],
]);

/** What the registries need of their surroundings. */
export interface RegistryPorts {
  /** What is pushed, to both. */
  readonly storage: RegistryStorage;
  /** The images that come with the app, in both. */
  readonly catalogue: Catalogue;
  /** Hears of each failure that is not the client's: `INSUFFICIENT_STORAGE`, `UNAVAILABLE`, `UNKNOWN`. */
  readonly onFailure: (error: RegistryError) => void;
  /** Hears of images that are asked for and are not what their name says, or not there. */
  readonly onNotice?: (notice: ImageNotice) => void;
}

export interface ServedRegistries {
  collectGarbage(): Promise<void>;
  /** Drops everything that was ever pushed. Rejects as the storage does. */
  dropImages(): Promise<void>;
}

/** Listens on the LAN for as long as it lives. */
export function serveRegistries(lan: Lan, clock: Clock, ports: RegistryPorts): ServedRegistries {
  const wallClock = (): number => Date.now();
  const options = { ...ports, now: wallClock };
  const hub = createDockerHub(options);
  const own = createPrivateRegistry(options);
  const onError = (error: unknown): void => ports.onFailure(toRegistryError(error));
  const listen = (address: string, port: number, scheme: "http" | "https", handler: HttpHandler): void => {
    lan.listen({ address, port }, (connection) => {
      void serveHttp(connection, { handler, scheme, clock, wallClock, onError });
    });
  };
  listen(HUB_ADDRESS, HUB_HTTP_PORT, "http", hub.handle);
  listen(HUB_ADDRESS, HUB_TLS_PORT, "https", hub.handle);
  listen(PRIVATE_ADDRESS, PRIVATE_PORT, "http", own.handle);
  return {
    dropImages: () => dropImages(ports.storage),
    // One storage: either registry's collection sweeps both.
    collectGarbage: async () => {
      await hub.collectGarbage().catch(onError);
    },
  };
}
