/**
 * How Node compiles WebAssembly. Its optimising compiler takes some 50 ms of another thread for each page of the guest's
 * code, which pays in a tab that is used for an hour; tests, the headless runner and the snapshot's builder live for
 * minutes, most of them on two threads, and there it takes more than it gives.
 */
import { setFlagsFromString } from "node:v8";

/** Modules that are compiled from now on are compiled quickly, and never optimised. */
export function compileQuickly(): void {
  setFlagsFromString("--no-wasm-tier-up");
  setFlagsFromString("--no-wasm-dynamic-tiering");
}
