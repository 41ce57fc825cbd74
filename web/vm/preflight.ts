/** What can be known before anything is downloaded: whether this browser can run the machine at all. */
import { DrydockError } from "../../contract/errors";

/** The parts of the browser that are looked at. Undefined stands for "not there". */
export interface BrowserFeatures {
  readonly webAssembly: { readonly Module: new (bytes: BufferSource) => unknown } | undefined;
  readonly moduleWorkers: boolean;
  /** HTTPS, or this very computer: elsewhere there is no Web Crypto, no Cache Storage and no private file system. */
  readonly secureContext: boolean;
  /** `navigator.deviceMemory`: GiB, rounded and capped at 8; only Chromium tells. */
  readonly deviceMemory: number | undefined;
  /** WebKit on a phone or tablet ends tabs that use much memory. */
  readonly appleMobile: boolean;
}

/** A reason to warn, not to stop. */
export type MemoryHint = "small-memory" | "apple-mobile";

/** Below this many GiB a browser can hardly give one tab what the machine needs. */
const SMALL_MEMORY_GIB = 4;

/** An empty module: magic number and version 1 (WebAssembly core specification, 5.5.16). */
const EMPTY_MODULE = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);

/** Returns the error that would stop the machine, with the missing feature as its subject, or undefined. */
export function checkBrowser(features: BrowserFeatures): DrydockError | undefined {
  if (!features.secureContext) {
    return new DrydockError("insecure-origin", "this page was not loaded over HTTPS");
  }
  if (features.webAssembly === undefined) {
    return new DrydockError("no-webassembly", "this browser has no WebAssembly", { subject: "WebAssembly" });
  }
  try {
    new features.webAssembly.Module(EMPTY_MODULE);
  } catch (cause) {
    const message = "this browser, or the page's policy, does not let WebAssembly run";
    return new DrydockError("no-webassembly", message, { subject: "WebAssembly", cause });
  }
  if (!features.moduleWorkers) {
    const message = "this browser does not know workers made of modules";
    return new DrydockError("no-webassembly", message, { subject: "module Worker" });
  }
  return undefined;
}

/** Says whether memory may be short on this device. */
export function memoryHint(features: BrowserFeatures): MemoryHint | undefined {
  if (features.appleMobile) return "apple-mobile";
  if (features.deviceMemory !== undefined && features.deviceMemory < SMALL_MEMORY_GIB) return "small-memory";
  return undefined;
}
