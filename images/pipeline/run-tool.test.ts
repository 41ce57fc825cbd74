import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createToolRunner, tailOf, ToolError } from "./run-tool";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "drydock-tool-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("returns standard output, and logs all output after the command, in a folder that it makes", async () => {
  const tools = createToolRunner(join(folder, "new", "x.log"));
  const lines: string[] = [];
  const output = await tools.run("sh", ["-c", "echo out; echo oops >&2; echo $GREETING"], {
    env: { GREETING: "hi" },
    onLine: (line) => lines.push(line),
  });
  await tools.run("true", []);
  expect(output).toBe("out\nhi\n");
  expect(lines.sort()).toEqual(["hi", "oops", "out"]);
  const log = await readFile(tools.logFile, "utf8");
  expect(log).toMatch(/^\$ sh -c /);
  expect(log).toContain("oops\n");
  expect(log).toMatch(/\n\$ true\n$/);
});

it("runs in the folder that it is told", async () => {
  const tools = createToolRunner(join(folder, "x.log"));
  expect(await tools.run("pwd", ["-P"], { cwd: folder })).toBe(`${await realpath(folder)}\n`);
});

it("is ended by its signal, and begins nothing after it", async () => {
  const stop = new AbortController();
  const tools = createToolRunner(join(folder, "x.log"), { signal: stop.signal });
  const running = tools.run("sh", ["-c", "echo begun; exec sleep 60"], { onLine: () => stop.abort() });
  await expect(running).rejects.toThrow(ToolError);
  await expect(tools.run("true", [])).rejects.toThrow(/abort/);
});

it("reports a signal, and keeps a last line without a newline", async () => {
  const tools = createToolRunner(join(folder, "x.log"));
  const killed = tools.run("sh", ["-c", "printf 'last words'; kill -9 $$"]);
  await expect(killed).rejects.toThrow(ToolError);
  await expect(killed).rejects.toThrow(/sh failed \(signal SIGKILL\)[^]*last words$/);
});

it("shows only the end of a long log", () => {
  const text = Array.from({ length: 100 }, (_, n) => `line ${n}`).join("\n");
  expect(tailOf(`${text}\n\n`, 2)).toBe("line 98\nline 99");
  expect(tailOf("")).toBe("");
});
