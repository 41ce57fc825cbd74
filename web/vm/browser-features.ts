/** The one place that asks this browser what it can do. */
import type { BrowserFeatures } from "./preflight";

/**
 * Whether `new Worker(url, { type: "module" })` is understood: an engine that knows the option reads it while it
 * converts the arguments, before it looks at the URL. The URL is one that cannot be fetched.
 */
function hasModuleWorkers(): boolean {
  if (typeof Worker === "undefined") return false;
  let asked = false;
  const options = {
    get type(): WorkerType {
      asked = true;
      return "module";
    },
  };
  try {
    new Worker("blob:", options).terminate();
  } catch {
    // Every engine refuses this URL; only whether it read the option matters.
    return asked;
  }
  return asked;
}

export function readBrowserFeatures(): BrowserFeatures {
  const { deviceMemory } = navigator as Navigator & { readonly deviceMemory?: number };
  // iPadOS calls itself a Mac; a Mac has no touch screen.
  const touchMac = navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1;
  return {
    webAssembly: typeof WebAssembly === "undefined" ? undefined : WebAssembly,
    moduleWorkers: hasModuleWorkers(),
    secureContext: isSecureContext,
    deviceMemory,
    appleMobile: touchMac || /iPhone|iPad|iPod/u.test(navigator.userAgent),
  };
}
