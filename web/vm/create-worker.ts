/** The only place in the page that names the workers' entries and the files that the machine starts from. */
import wasmUrl from "v86/build/v86.wasm?url";
import type { StartOptions } from "../../contract/protocol";

export function createWorker(): Worker {
  return new Worker(new URL("../../worker/main.ts", import.meta.url), {
    type: "module",
    name: "drydock-machine",
  });
}

/** The worker that fills the machine's caches ahead. */
export function createOfflineWorker(): Worker {
  return new Worker(new URL("../../worker/offline-main.ts", import.meta.url), {
    type: "module",
    name: "drydock-offline",
  });
}

/** The guest's files lie beside the page, under whatever path the page is served from. */
export function startOptions(): StartOptions {
  return {
    guestUrl: new URL("guest/", document.baseURI).href,
    wasmUrl: new URL(wasmUrl, document.baseURI).href,
  };
}
