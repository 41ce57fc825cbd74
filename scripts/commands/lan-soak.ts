/**
 * `npm run soak:lan -- --count N`: N connections from the guest to the private registry, one after another, then 200 at
 * once, and looks for what they leave behind: connections in the LAN, sockets in the guest, memory here.
 *
 *     --count N       connections one after another, 1 to 1000000 (default 20000)
 *     --guest FOLDER  the folder with manifest.json and chunks/, instead of the built one
 *
 * Exit status: 0 if nothing is left, 1 if something is or a request failed, 2 for wrong flags.
 */
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { buildGuest } from "../../images/build";
import { createProgress } from "../../images/pipeline/progress";
import type { Machine } from "../../worker/machine/machine";
import { restoreInNode } from "../../worker/node/machine-in-node";
import { openRegistriesInNode } from "../../worker/node/registries-in-node";
import { readNumber, runCommand } from "../cli";
import { runInGuest } from "../bench/run-in-guest";

const URL = "http://registry.drydock.local:5000/v2/";
const AT_ONCE = 200;
/** Connections of one curl: so that there is something to see. */
const BATCH = 1000;
const MIB = 1024 * 1024;
/** What V8 may keep of compiled code and of the emulator's own tables. */
const HEAP_GROWTH_MIB = 24;

interface Trace {
  readonly connections: number;
  readonly guestSockets: number;
  readonly heapMib: number;
}

/** V8's collector, without a flag on the command line. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

/** When everything had its time to end: TIME-WAIT is five seconds here and a minute in the guest. */
async function trace(machine: Machine): Promise<Trace> {
  for (let seconds = 0; seconds < 90 && machine.lan.figures().connections > 0; seconds += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const { output } = await runInGuest(
    machine,
    "ss -Htan state established state close-wait state fin-wait-1 | wc -l",
  );
  collectGarbage();
  return {
    connections: machine.lan.figures().connections,
    guestSockets: Number(output),
    heapMib: process.memoryUsage().heapUsed / MIB,
  };
}

function formatTrace(when: string, { connections, guestSockets, heapMib }: Trace): string {
  return `${when}: ${connections} connections in the LAN, ${guestSockets} in the guest, heap ${heapMib.toFixed(1)} MiB`;
}

async function connectOneByOne(machine: Machine, count: number): Promise<void> {
  for (let done = 0; done < count; done += BATCH) {
    const batch = Math.min(BATCH, count - done);
    const { output } = await runInGuest(
      machine,
      `curl -fsS -o /dev/null -w '%{num_connects}\\n' -H 'Connection: close' '${URL}?[1-${batch}]' | sort | uniq -c`,
    );
    if (output.trim() !== `${batch} 1`) throw new Error(`${batch} requests: ${output}`);
    if ((done / BATCH) % 5 === 4) console.log(`${done + batch} of ${count}`);
  }
}

async function connectAtOnce(machine: Machine): Promise<void> {
  const targets = `$(yes -- '-o /dev/null ${URL}' | head -${AT_ONCE})`;
  const { output } = await runInGuest(
    machine,
    `curl -fsS -Z --parallel-max ${AT_ONCE} --parallel-immediate -w '%{http_code}\\n' ${targets} 2>/dev/null | sort | uniq -c`,
  );
  if (output.trim() !== `${AT_ONCE} 200`) throw new Error(`${AT_ONCE} at once: ${output}`);
  console.log(`${AT_ONCE} at once: all answered`);
}

async function soak(folder: string, count: number): Promise<boolean> {
  const failures: string[] = [];
  const onFailure = (error: Error): void => void failures.push(error.message);
  const registries = await openRegistriesInNode({ guestFolder: folder, onFailure });
  const machine = await restoreInNode(folder, undefined, { registries });
  try {
    await connectOneByOne(machine, Math.min(count, BATCH));
    const before = await trace(machine);
    console.log(formatTrace("warm", before));
    const began = performance.now();
    await connectOneByOne(machine, count);
    console.log(`${count} one after another: ${((performance.now() - began) / 1000).toFixed(1)} s`);
    await connectAtOnce(machine);
    const after = await trace(machine);
    console.log(formatTrace("after", after));
    for (const failure of failures) console.log(`the registry failed: ${failure}`);
    const { framesDropped } = machine.lan.figures();
    console.log(`frames dropped: ${framesDropped}`);
    return (
      failures.length === 0 &&
      after.connections === 0 &&
      after.guestSockets <= before.guestSockets &&
      after.heapMib - before.heapMib <= HEAP_GROWTH_MIB
    );
  } finally {
    await machine.destroy();
  }
}

await runCommand({
  usage: "usage: npm run soak:lan -- [--count N] [--guest FOLDER]",
  readFlags: (args) => {
    const options = { count: { type: "string", default: "20000" }, guest: { type: "string" } } as const;
    const { count, guest } = parseArgs({ args, options }).values;
    return { count: readNumber("--count", count, 1, 1_000_000), guest };
  },
  run: async ({ count, guest }) => {
    const clean = await soak(
      guest ?? (await buildGuest({ log: createProgress(process.stderr) })).folder,
      count,
    );
    console.log(clean ? "nothing is left" : "SOMETHING IS LEFT");
    return clean ? 0 : 1;
  },
});
