/** The worker's entry in the browser: wires the session to the browser's storage and network, and to the page. */
import "./jitless";
import { openHttpCatalogue } from "./browser/http-catalogue";
import { fetchManifest, httpChunkSource } from "./browser/http-source";
import { openChunkCache } from "./browser/cache-storage";
import { openRelaySocket } from "./browser/relay-socket";
import { openSaves } from "./browser/opfs-saves";
import { openSlotStore } from "./browser/opfs-slots";
import { openRegistryStorage } from "./browser/registry-storage";
import { createDecompress } from "./disk/zstd";
import { DrydockError, messageOf } from "../contract/errors";
import { compileEmulator } from "./machine/emulator/emulator";
import { type MachineEvent, PROTOCOL_VERSION } from "../contract/protocol";
import { exposeMachine } from "./rpc";
import { Session } from "./session";

let events: MessagePort | undefined;

const session = new Session({
  fetchManifest,
  chunkSource: httpChunkSource,
  compileEmulator: async (url) => compileEmulator(new Uint8Array(await fetchBytes(url))),
  createDecompress,
  openCache: openChunkCache,
  openSlotStore,
  openRelaySocket,
  openSaves,
  openRegistries: async (options) => {
    const [storage, catalogue] = await Promise.all([openRegistryStorage(), openHttpCatalogue(options)]);
    return { storage, catalogue };
  },
  emit: (event: MachineEvent, transfer: Transferable[] = []) => events?.postMessage(event, transfer),
});

async function fetchBytes(url: string): Promise<ArrayBuffer> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return await response.arrayBuffer();
  } catch (cause) {
    throw new DrydockError("network", messageOf(cause), { subject: url, cause });
  }
}

exposeMachine(
  {
    handshake: (version, port) => {
      if (version !== PROTOCOL_VERSION) {
        const message = `the page speaks protocol ${version}, the machine ${PROTOCOL_VERSION}`;
        return Promise.reject(new DrydockError("version-mismatch", message));
      }
      events = port;
      return Promise.resolve({ version: PROTOCOL_VERSION });
    },
    machine: session,
  },
  self,
);
