/** The worker's entry in the browser: wires the session to the browser's storage and network, and to the page. */
import "./jitless";
import { openHttpCatalogue } from "./browser/http-catalogue";
import { fetchManifest, httpChunkSource } from "./browser/http-source";
import { openChunkCache } from "./browser/cache-storage";
import { openRelaySocket } from "./browser/relay-socket";
import { openSlotStore } from "./browser/opfs-slots";
import { openRegistryStorage } from "./browser/registry-storage";
import { createDecompress } from "./disk/zstd";
import { DrydockError, messageOf } from "../contract/errors";
import { compileEmulator } from "./machine/emulator/emulator";
import { type MachineEvent, type MachineRpc, PROTOCOL_VERSION } from "../contract/protocol";
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
  openRegistries: async (options) => {
    const [{ storage }, catalogue] = await Promise.all([openRegistryStorage(), openHttpCatalogue(options)]);
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

/** A promise of what `call` returns or throws. */
function promise<T>(call: () => T): Promise<T> {
  return new Promise((resolve) => resolve(call()));
}

const rpc: MachineRpc = {
  handshake: (version, port) => {
    if (version !== PROTOCOL_VERSION) {
      const message = `the page speaks protocol ${version}, the machine ${PROTOCOL_VERSION}`;
      return Promise.reject(new DrydockError("version-mismatch", message));
    }
    events = port;
    return Promise.resolve({ version: PROTOCOL_VERSION });
  },
  start: (options) => session.start(options),
  pause: () => session.pause(),
  resume: () => session.resume(),
  dropPushedImages: () => session.dropPushedImages(),
  setRelay: (url) => promise(() => session.setRelay(url)),
  consoleInput: (console, bytes) => session.consoleInput(console, bytes),
  consoleResize: (console, columns, rows) => promise(() => session.consoleResize(console, columns, rows)),
  consoleConsumed: (console, bytes) => promise(() => session.consoleConsumed(console, bytes)),
  retryDisk: () => promise(() => session.retryDisk()),
  guestRequest: (request, answer) => promise(() => session.guestRequest(request, answer)),
  guestCookie: (url, cookie) => promise(() => session.guestCookie(url, cookie)),
  watchStep: (request) => promise(() => session.watchStep(request)),
  checkNow: () => promise(() => session.checkNow()),
  perform: (action) => session.perform(action),
  figures: () => promise(() => session.figures()),
};

exposeMachine(rpc, self);
