/**
 * `npm run bench -- --json FILE`: what the machine takes for what learners do, measured in the built guest.
 *
 *     --json FILE     write the report there too
 *     --only NAME     measure this figure; may be repeated
 *     --list          say which figures there are
 *     --runs N        how often `docker run` is repeated in the browser (8)
 *     --throttle N    the browser gets an Nth of the processors
 *
 * Exit status: 0 when everything could be measured, whatever the figures; 1 when something could not; 2 for wrong flags.
 */
import { writeFile } from "node:fs/promises";
import { arch, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildGuest } from "../images/build";
import { defaultCacheFolder } from "../images/pipeline/cache";
import { ensureHostTools } from "../images/pipeline/host-tools";
import { createProgress } from "../images/pipeline/progress";
import { messageOf } from "../worker/errors";
import type { Machine, MachineOptions } from "../worker/machine/machine";
import { restoreInNode } from "../worker/node/machine-in-node";
import { openRegistriesInNode } from "../worker/node/registries-in-node";
import { type BenchContext, type Figure, formatMeasurement, type Measurement } from "./bench/figure";
import { composeShop } from "./bench/compose-shop";
import { firstMinute } from "./bench/first-minute";
import { hubBlob } from "./bench/hub-blob";
import { idleChecks } from "./bench/idle-checks";
import { pullNginx } from "./bench/pull-nginx";
import { TEST_TOOLS } from "./test-tools";

/** In the order in which they are measured. */
const FIGURES: readonly Figure[] = [firstMinute, hubBlob, pullNginx, idleChecks, composeShop];

const USAGE = "usage: npm run bench -- [--json FILE] [--only NAME]... [--list] [--runs N] [--throttle N]";
/** Chromium is what the figures of the browser are measured in. */
const CHROMIUM = TEST_TOOLS.filter(({ package: name }) => name === "chromium");

interface Failure {
  readonly figure: string;
  readonly message: string;
}

interface Report {
  readonly date: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly arch: string;
    readonly node: string;
  };
  readonly measurements: readonly Measurement[];
  readonly failures: readonly Failure[];
}

async function openContext(settings: Pick<BenchContext, "runs" | "throttle">): Promise<BenchContext> {
  const log = createProgress(process.stderr);
  const logFile = join(defaultCacheFolder(), "logs", "test-tools.log");
  await ensureHostTools(CHROMIUM, { logFile, during: log.during });
  const { folder } = await buildGuest({ log });
  const openMachine = async (options?: MachineOptions): Promise<Machine> => {
    const onFailure = (error: Error): void => console.error(messageOf(error));
    const registries =
      options?.registries ?? (await openRegistriesInNode({ guestFolder: folder, onFailure }));
    return restoreInNode(folder, undefined, { ...options, registries });
  };
  return { guestFolder: folder, openMachine, say: (text) => console.error(text), ...settings };
}

async function measure(figures: readonly Figure[], context: BenchContext): Promise<Report> {
  const measurements: Measurement[] = [];
  const failures: Failure[] = [];
  for (const figure of figures) {
    try {
      for (const measurement of await figure.run(context)) {
        measurements.push(measurement);
        console.log(formatMeasurement(measurement));
      }
    } catch (error) {
      failures.push({ figure: figure.name, message: messageOf(error) });
      console.error(`${figure.name}: ${messageOf(error)}`);
    }
  }
  const processors = cpus();
  const machine = {
    cpu: processors[0]?.model ?? "unknown",
    cores: processors.length,
    arch: arch(),
    node: process.version,
  };
  return { date: new Date().toISOString(), machine, measurements, failures };
}

async function main(): Promise<number> {
  let values: { json?: string; only?: string[]; list: boolean; runs: string; throttle: string };
  try {
    ({ values } = parseArgs({
      options: {
        json: { type: "string" },
        only: { type: "string", multiple: true },
        list: { type: "boolean", default: false },
        runs: { type: "string", default: "8" },
        throttle: { type: "string", default: "1" },
      },
    }));
    const unknown = values.only?.find((name) => !FIGURES.some((figure) => figure.name === name));
    if (unknown !== undefined) throw new Error(`no such figure: ${unknown}`);
    for (const flag of ["runs", "throttle"] as const) {
      if (!/^[1-9]\d*$/.test(values[flag])) throw new Error(`--${flag} takes a whole number, 1 or more`);
    }
  } catch (error) {
    console.error(`${messageOf(error)}\n${USAGE}`);
    return 2;
  }
  if (values.list) {
    for (const { name, about } of FIGURES) console.log(`${name}: ${about}`);
    return 0;
  }
  const { only } = values;
  const figures = FIGURES.filter(({ name }) => only === undefined || only.includes(name));
  const settings = { runs: Number(values.runs), throttle: Number(values.throttle) };
  const report = await measure(figures, await openContext(settings));
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  return report.failures.length === 0 ? 0 : 1;
}

process.exit(await main());
