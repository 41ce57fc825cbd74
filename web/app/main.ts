/** The page's entry: starts the machine, then has the page drawn. Two scripts, each short for the main thread. */
import "../../worker/jitless";
import { browserClock } from "../vm/browser-clock";
import { readBrowserFeatures } from "../vm/browser-features";
import { createWorker, startOptions } from "../vm/create-worker";
import { MachineClient } from "../vm/machine-client";
import { checkBrowser, memoryHint } from "../vm/preflight";

const machine = new MachineClient({
  createWorker,
  startOptions,
  checkBrowser: () => checkBrowser(readBrowserFeatures()),
  clock: browserClock,
});
void machine.start();

const { draw } = await import("./draw");
await draw(machine, memoryHint(readBrowserFeatures()));
