/**
 * `npm run lessons:dev -- FILE [--port N]`: shows a lesson that is being written beside a machine. The page follows the
 * file; what is wrong in it is printed here, each time that it changes.
 */
import { readFile } from "node:fs/promises";
import { watchFile } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildGuest } from "../../images/build";
import { createProgress } from "../../images/pipeline/progress";
import { messageOf } from "../../contract/errors";
import { formatDiagnostic } from "../../web/course/format/diagnostics";
import { parseLesson } from "../../web/course/format/parse-lesson";
import { LESSON_PATH, serveSite } from "../site/serve";
import { buildSite } from "../site/site";

const DEFAULT_PORT = 5173;
const LOOK_MS = 500;

async function lint(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const { diagnostics } = parseLesson({ id: "lesson", file, text, language: "zh-CN" });
  for (const diagnostic of diagnostics) console.log(formatDiagnostic(diagnostic));
  console.log(`${new Date().toLocaleTimeString()}  ${diagnostics.length} mistake(s)`);
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: "string", default: String(DEFAULT_PORT) } },
  });
  const [name] = positionals;
  if (name === undefined) throw new Error("Usage: npm run lessons:dev -- FILE [--port N]");
  const file = resolve(name);
  await lint(file);
  const log = createProgress(process.stderr);
  const guest = await buildGuest({ log });
  await buildSite(guest.folder, log);
  const { url } = await serveSite({ port: Number(values.port), lesson: file });
  console.log(`\n  ${name} is shown at  ${url}?lesson=${LESSON_PATH}\n  Stop it with Ctrl-C.\n`);
  watchFile(file, { interval: LOOK_MS }, () => {
    lint(file).catch((error: unknown) => console.error(messageOf(error)));
  });
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
