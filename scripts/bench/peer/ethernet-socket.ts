/**
 * QEMU's `-netdev stream`: each Ethernet frame with its length before it, 32 bits, most significant byte first
 * (qemu, net/stream.c). Here it ends in our LAN, so that the peer has the same hub and no other network.
 */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { RegistryPorts } from "../../../worker/machine/registries";
import { plugIntoLan } from "../../../worker/machine/network";

/** No frame is longer: 64 KiB and its headers. */
const MOST_BYTES = 128 * 1024;

export function packFrame(frame: Uint8Array): Uint8Array {
  const packed = new Uint8Array(4 + frame.length);
  new DataView(packed.buffer).setUint32(0, frame.length);
  packed.set(frame, 4);
  return packed;
}

/** Takes frames out of a stream that comes in pieces of any size. Throws RangeError for anything else. */
export class FrameReader {
  #rest = Buffer.alloc(0);

  *read(bytes: Uint8Array): Generator<Uint8Array> {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      if (this.#rest.length < 4) return;
      const length = this.#rest.readUInt32BE(0);
      if (length === 0 || length > MOST_BYTES) throw new RangeError(`a frame of ${length} bytes`);
      if (this.#rest.length < 4 + length) return;
      const frame = Uint8Array.from(this.#rest.subarray(4, 4 + length));
      this.#rest = this.#rest.subarray(4 + length);
      yield frame;
    }
  }
}

/** Listens on a Unix socket for one machine and plugs it into a LAN with these registries. @returns its end */
export async function serveLan(path: string, registries: RegistryPorts): Promise<() => void> {
  const listeners: ((frame: Uint8Array) => void)[] = [];
  let machine: Socket | undefined;
  const network = plugIntoLan(
    {
      onFrame: (listener) => listeners.push(listener),
      sendFrame: (frame) => {
        if (machine === undefined) return false;
        machine.write(packFrame(frame));
        return true;
      },
    },
    registries,
    undefined,
  );
  network.clock.resume();
  const server = createServer((socket) => {
    machine = socket;
    const reader = new FrameReader();
    // It ends with the machine, which its owner sees end.
    socket.on("error", () => undefined);
    socket.on("close", () => (machine = undefined));
    socket.on("data", (bytes) => {
      try {
        for (const frame of reader.read(bytes)) for (const listener of listeners) listener(frame);
      } catch (error) {
        socket.destroy(error instanceof Error ? error : undefined);
      }
    });
  });
  server.listen(path);
  await once(server, "listening");
  return () => {
    machine?.destroy();
    server.close();
    network.close();
  };
}
