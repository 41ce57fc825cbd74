/**
 * The TCP endpoint on a bad wire, for as many frames as one likes:
 * `npx tsx worker/lan/node/fuzz.ts [--frames 1000000] [--seed 1]`. Exits with an error at the first broken promise.
 */
import { parseArgs } from "node:util";
import { fuzz } from "../testing/fuzz";

const { values } = parseArgs({
  options: { frames: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});
const begin = performance.now();
const counts = await fuzz({
  frames: Number(values.frames),
  seed: Number(values.seed),
  settle: () => new Promise((resolve) => setImmediate(resolve)),
});
const seconds = ((performance.now() - begin) / 1000).toFixed(1);
process.stdout.write(`${JSON.stringify({ ...counts, seconds }, null, 2)}\n`);
