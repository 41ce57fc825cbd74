/**
 * `npm run bench -- --json FILE`: what the machine takes for what learners do, measured in the built guest.
 *
 *     --json FILE     write the report there too
 *     --only NAME     measure this figure; may be repeated; `none` measures none
 *     --list          say which figures there are
 *     --runs N        how often `docker run` is repeated (20)
 *     --throttle N    the browser, and the peer, get an Nth of the processors
 *     --peer          boot the same kernel and disk in qemu-system-i386 (TCG), measure the same there, and compare
 *     --profile       say where the time goes, in the guest and in its host, for each command of the first minute
 *     --check         end with every figure that has a budget (budget.json), sizes too, and whether it is kept
 *     --strict-times  with --check: fail for times as well
 *
 * Exit status: 0 when everything could be measured, whatever the figures; 1 when something could not, or --check found
 * a strict figure over its budget; 2 for wrong flags.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildGuest, coldBootOptions, type Guest } from "../../images/build";
import { defaultCacheFolder } from "../../images/pipeline/cache";
import { ensureHostTools, type HostTool } from "../../images/pipeline/host-tools";
import { createProgress } from "../../images/pipeline/progress";
import { messageOf } from "../../contract/errors";
import type { RegistryPorts } from "../../worker/machine/registries";
import { restoreInNode } from "../../worker/node/machine-in-node";
import { openRegistriesInNode } from "../../worker/node/registries-in-node";
import { type BenchArguments, readArguments, USAGE } from "../bench/arguments";
import { runCommand } from "../cli";
import { composeShop } from "../bench/compose-shop";
import type { BenchContext, Figure } from "../bench/figure";
import { firstMinute } from "../bench/first-minute";
import { hubBlob } from "../bench/hub-blob";
import { idleChecks } from "../bench/idle-checks";
import { COMPARABLE, compareWithPeer, measurePeer, renderComparison } from "../bench/peer/compare";
import { QEMU, startPeer } from "../bench/peer/qemu";
import { profileFirstMinute } from "../bench/profile/profile";
import { renderProfile } from "../bench/profile/render";
import { keptMachine } from "../bench/kept-machine";
import { pullNginx } from "../bench/pull-nginx";
import { Report } from "../bench/report";
import { type Budget, describeCheck, findOver, readBudget } from "../size/budget";
import { buildSite } from "../site/site";
import { allSizes, findTooLarge, measureSite } from "../size/sizes";
import { TEST_TOOLS } from "../test/tools";

/** In the order in which they are measured. */
const FIGURES: readonly Figure[] = [firstMinute, hubBlob, pullNginx, idleChecks, composeShop, keptMachine];

const log = createProgress(process.stderr);
const say = (text: string): void => console.error(text);

async function prepare({ peer }: BenchArguments): Promise<Guest> {
  /** Chromium is what the figures of the browser are measured in. */
  const tools: HostTool[] = TEST_TOOLS.filter(({ package: name }) => name === "chromium");
  if (peer) tools.push(QEMU);
  const logFile = join(defaultCacheFolder(), "logs", "test-tools.log");
  await ensureHostTools(tools, { logFile, during: log.during });
  return buildGuest({ log });
}

function openRegistries(guest: Guest): Promise<RegistryPorts> {
  const onFailure = (error: Error): void => say(messageOf(error));
  return openRegistriesInNode({ guestFolder: guest.folder, onFailure });
}

function openContext(guest: Guest, { runs, throttle }: BenchArguments): BenchContext {
  return {
    guestFolder: guest.folder,
    openMachine: async (options) =>
      restoreInNode(guest.folder, undefined, {
        ...options,
        registries: options?.registries ?? (await openRegistries(guest)),
      }),
    say,
    runs,
    throttle,
  };
}

/** After the figures, never beside them: both want all of the processor. */
async function addPeer(
  report: Report,
  figures: readonly string[],
  guest: Guest,
  args: BenchArguments,
): Promise<void> {
  const { kernel, disk, commandLine, memoryBytes } = coldBootOptions(guest);
  const { runs, throttle } = args;
  say("booting the peer");
  const registries = await openRegistries(guest);
  const peer = await startPeer({ kernel, disk, commandLine, memoryBytes, registries, throttle });
  try {
    // Compose is measured in Node, which is not throttled.
    const fair = figures.filter((name) => throttle === 1 || name === firstMinute.name);
    const measured = await measurePeer(peer, { figures: fair, runs, say });
    const ours = [...report.measurements];
    report.add(measured);
    report.add(compareWithPeer(ours, measured));
    console.log(`\n${renderComparison(ours, measured)}\n`);
  } finally {
    await peer.close();
  }
}

async function measure(args: BenchArguments, budget: Budget): Promise<Report> {
  const guest = await prepare(args);
  const context = openContext(guest, args);
  const figures = FIGURES.filter(({ name }) => args.only?.includes(name) ?? true);
  const report = new Report(budget, console.log);
  for (const figure of figures) {
    await report.attempt(figure.name, async () => report.add(await figure.run(context)));
  }
  const names = figures.map(({ name }) => name).filter((name) => COMPARABLE.includes(name));
  if (args.peer) await report.attempt("peer", () => addPeer(report, names, guest, args));
  if (args.profile) {
    await report.attempt("profile", async () => {
      report.profile = await profileFirstMinute(context, args.runs);
      console.log(`\n${renderProfile(report.profile)}`);
    });
  }
  if (args.check) await report.attempt("sizes", () => checkBudget(report, guest, args, budget));
  return report;
}

async function checkBudget(
  report: Report,
  guest: Guest,
  { strictTimes }: BenchArguments,
  budget: Budget,
): Promise<void> {
  await buildSite(guest.folder, log);
  const sizes = await measureSite();
  const figures = [...allSizes(sizes), ...report.measurements];
  console.log(`\n${describeCheck(figures, budget).join("\n")}`);
  const over = findOver(report.measurements, budget, strictTimes).map(({ name }) => name);
  const problems = [...findTooLarge(sizes, budget), ...over];
  if (problems.length > 0) throw new Error(`over budget: ${problems.join("; ")}`);
}

await runCommand({
  usage: USAGE,
  readFlags: (args) =>
    readArguments(
      args,
      FIGURES.map(({ name }) => name),
      COMPARABLE,
    ),
  run: async (args) => {
    if (args.list) {
      for (const { name, about } of FIGURES) console.log(`${name}: ${about}`);
      return 0;
    }
    const report = await measure(args, await readBudget());
    if (args.json !== undefined) await writeFile(args.json, `${JSON.stringify(report.toJson(), null, 2)}\n`);
    return report.failures.length === 0 ? 0 : 1;
  },
});
