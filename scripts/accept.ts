/**
 * `npm run accept`: every command of the notes, and what a learner gets wrong, in the shipped machine.
 *
 * Two machines at a time in Node, then the interactive rows in Chromium. Prints a table with the seconds of each row,
 * then what failed, then `N passed, N failed`. DRYDOCK_GUEST names the folder of a built guest; without it, what is stale
 * is built. docs/accept.md.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { buildGuest } from "../images/build";
import { createProgress } from "../images/pipeline/progress";
import { messageOf } from "../contract/errors";
import type { Case } from "./accept/case";
import { CASES } from "./accept/cases";
import { count, makeReport, type Part, renderFailures, renderTable, type RowResult } from "./accept/report";
import { runLanes } from "./accept/run-lanes";
import { runPage } from "./accept/run-page";
import { selectCases } from "./accept/select";
import { readTables } from "./accept/table";
import { buildSite } from "./site/site";

const USAGE = `Usage: npm run accept -- [--only ID]... [--subset] [--in machine|page] [--json FILE]

Runs the rows of scripts/accept/*.tsv. --only ID runs one (repeatable), --subset one of each kind, --in only the part
in Node or in the page, --json writes the results to FILE.`;

const EXIT_USAGE = 2;

interface Arguments {
  readonly cases: readonly Case[];
  readonly places: readonly Part["place"][];
  readonly json: string | undefined;
}

function readArguments(): Arguments | undefined {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string", multiple: true, default: [] },
        subset: { type: "boolean", default: false },
        in: { type: "string" },
        json: { type: "string" },
      },
    });
    const place = values.in;
    if (place !== undefined && place !== "machine" && place !== "page") {
      throw new Error(`--in is machine or page, not "${place}"`);
    }
    const places: Part["place"][] = place === undefined ? ["machine", "page"] : [place];
    return { cases: selectCases(CASES, values), places, json: values.json };
  } catch (error) {
    console.error(messageOf(error));
    return undefined;
  }
}

async function main(): Promise<number> {
  const args = readArguments();
  if (args === undefined) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const began = performance.now();
  const log = createProgress(process.stderr);
  // As for the tests: a guest that is there is taken as it is.
  const guestFolder = process.env["DRYDOCK_GUEST"] ?? (await buildGuest({ log })).folder;
  const parts = new Map<string, Part[]>(args.cases.map(({ id }) => [id, []]));
  const add = (id: string, part: Part): void => {
    parts.get(id)?.push(part);
    console.error(
      `${part.failure === undefined ? "ok    " : "FAILED"} ${part.place} ${id} (${part.seconds.toFixed(1)} s)`,
    );
  };
  if (args.places.includes("machine")) {
    await runLanes(guestFolder, args.cases, {
      onResult: ({ id }, result) => add(id, { place: "machine", ...result }),
    });
  }
  const inPage = args.places.includes("page") ? args.cases.filter(({ page }) => page) : [];
  if (inPage.length > 0) {
    await buildSite(guestFolder, log);
    for (const { id, ...result } of await runPage(inPage.map(({ id }) => id)))
      add(id, { place: "page", ...result });
  }
  const results: RowResult[] = readTables().flatMap((row) => {
    const found = args.cases.find(({ id }) => id === row.id);
    if (found === undefined) return [];
    const asked = args.places.includes("machine") || found.page;
    return asked ? [{ row, because: found.because, parts: parts.get(row.id) ?? [] }] : [];
  });
  const seconds = Math.round((performance.now() - began) / 1000);
  if (args.json !== undefined)
    await writeFile(args.json, `${JSON.stringify(makeReport(results, seconds), null, 2)}\n`);
  const total = count(results);
  console.log(renderTable(results));
  if (total.failed > 0) console.log(`\n${renderFailures(results)}`);
  console.log(`\n${seconds} s in all\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(`accept: ${messageOf(error)}`);
    process.exit(1);
  },
);
