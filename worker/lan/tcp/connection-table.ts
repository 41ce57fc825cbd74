import type { Ipv4Address } from "../address";
import { LanError } from "../errors";
import type { TcpConnection } from "./connection";
import type { ConnectionAddress } from "./connection-host";

const FIRST_LOCAL_PORT = 49152;
const LOCAL_PORTS = 65536 - FIRST_LOCAL_PORT;

/** Every connection that there is, found by its two ends. */
export class ConnectionTable {
  readonly #all = new Set<TcpConnection>();
  /** By both ports; those few that share them differ in address. */
  readonly #byPorts = new Map<number, TcpConnection[]>();
  readonly #capacity: number;
  #nextPort: number;

  /** `firstPort`: where among the local ports to begin, any whole number. */
  constructor(capacity: number, firstPort: number) {
    this.#capacity = capacity;
    this.#nextPort = firstPort % LOCAL_PORTS;
  }

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): Iterator<TcpConnection> {
    return this.#all.values();
  }

  find(address: ConnectionAddress): TcpConnection | undefined {
    return this.#byPorts
      .get(portsKey(address))
      ?.find(
        (tcp) =>
          tcp.address.localAddress === address.localAddress &&
          tcp.address.remoteAddress === address.remoteAddress,
      );
  }

  add(tcp: TcpConnection): void {
    this.#all.add(tcp);
    const key = portsKey(tcp.address);
    const sharing = this.#byPorts.get(key);
    if (sharing === undefined) this.#byPorts.set(key, [tcp]);
    else sharing.push(tcp);
  }

  remove(tcp: TcpConnection): void {
    this.#all.delete(tcp);
    const key = portsKey(tcp.address);
    const left = this.#byPorts.get(key)?.filter((other) => other !== tcp) ?? [];
    if (left.length === 0) this.#byPorts.delete(key);
    else this.#byPorts.set(key, left);
  }

  /** Forgets the oldest connection in TIME-WAIT if need be. False when the table is full of others. */
  makeRoom(): boolean {
    if (this.#all.size < this.#capacity) return true;
    for (const tcp of this.#all) if (tcp.forget()) return true;
    return false;
  }

  /** A local port (RFC 6335 §6) that has no connection to that end. Throws `LanError` `address-in-use`. */
  freePort(localAddress: Ipv4Address, remoteAddress: Ipv4Address, remotePort: number): number {
    for (let tries = 0; tries < LOCAL_PORTS; tries += 1) {
      const localPort = FIRST_LOCAL_PORT + this.#nextPort;
      this.#nextPort = (this.#nextPort + 1) % LOCAL_PORTS;
      if (this.find({ localAddress, localPort, remoteAddress, remotePort }) === undefined) return localPort;
    }
    throw new LanError("address-in-use", "no local port is left");
  }
}

function portsKey(address: ConnectionAddress): number {
  return address.localPort * 65536 + address.remotePort;
}
