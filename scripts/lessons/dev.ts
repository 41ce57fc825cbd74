/**
 * `npm run lessons:dev -- FILE [--port N]`: shows a lesson that is being written beside a machine. The page follows the
 * file; what is wrong in it is printed here, each time that it changes.
 */
import { readFile } from "node:fs/promises";
import { watchFile } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../../contract/errors";
import { formatDiagnostic } from "../../web/course/format/diagnostics";
import { parseLesson } from "../../web/course/format/parse-lesson";
import { readPort, runCommand } from "../cli";
import { buildAll } from "../site/build-all";
import { DEFAULT_PORT, LESSON_PATH, serveSite } from "../site/serve";

const LOOK_MS = 500;

async function lint(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const { diagnostics } = parseLesson({ id: "lesson", file, text, language: "zh-CN" });
  for (const diagnostic of diagnostics) console.log(formatDiagnostic(diagnostic));
  console.log(`${new Date().toLocaleTimeString()}  ${diagnostics.length} mistake(s)`);
}

await runCommand({
  usage: "usage: npm run lessons:dev -- FILE [--port N]",
  readFlags: (args) => {
    const options = { port: { type: "string", default: DEFAULT_PORT } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [name] = positionals;
    if (name === undefined) throw new Error("which lesson?");
    return { name, port: readPort(values.port) };
  },
  run: async ({ name, port }) => {
    const file = resolve(name);
    await lint(file);
    await buildAll();
    const { url } = await serveSite({ port, lesson: file });
    console.log(`\n  ${name} is shown at  ${url}?lesson=${LESSON_PATH}\n  Stop it with Ctrl-C.\n`);
    watchFile(file, { interval: LOOK_MS }, () => {
      lint(file).catch((error: unknown) => console.error(messageOf(error)));
    });
  },
});
