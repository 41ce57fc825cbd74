/**
 * A set-up file of tests with a machine in their process: an emulator that never gives control back would keep Vitest's
 * own time limits from ever being looked at. A thread looks whether this one is alive, and ends the process if not;
 * Vitest then says which file it was, and the others go on.
 */
import { Worker } from "node:worker_threads";

/** Without a beat. Many times what compiling or copying a machine's memory takes. */
const SILENCE_MS = 600_000;
const BEAT_MS = 5_000;

const WATCH = `
const { parentPort } = require("node:worker_threads");
const end = () => process.kill(process.pid, "SIGKILL");
let timer = setTimeout(end, ${SILENCE_MS});
parentPort.on("message", () => {
  clearTimeout(timer);
  timer = setTimeout(end, ${SILENCE_MS});
});
`;

const thread = new Worker(WATCH, { eval: true });
thread.unref();
setInterval(() => thread.postMessage("beat"), BEAT_MS).unref();
