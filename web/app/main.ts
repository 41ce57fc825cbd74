/** The page's entry: starts the machine, or looks for kept ones, then has the page drawn. Two scripts, each short for the main thread. */
import "../../worker/jitless";
import { browserClock } from "../vm/browser-clock";
import { readBrowserFeatures } from "../vm/browser-features";
import { createWorker, startOptions } from "../vm/create-worker";
import { createSessions } from "../sessions/sessions";
import { MachineClient } from "../vm/machine-client";
import { checkBrowser, memoryHint } from "../vm/preflight";

const machine = new MachineClient({
  createWorker,
  startOptions,
  checkBrowser: () => checkBrowser(readBrowserFeatures()),
  clock: browserClock,
});
const sessions = createSessions(machine);
void sessions.choice.begin();

const { draw } = await import("./draw");
await draw(machine, sessions, memoryHint(readBrowserFeatures()));
