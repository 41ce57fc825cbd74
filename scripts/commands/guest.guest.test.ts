/** `npm run guest` as a person runs it, with the guest that is built. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "drydock-script-"));
afterAll(() => rmSync(folder, { recursive: true }));

function runGuest(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync("npm", ["run", "-s", "guest", "--", ...args], { cwd: ROOT, encoding: "utf8" });
}

const resultSchema = z.strictObject({
  cmd: z.string(),
  status: z.number(),
  seconds: z.number().positive(),
  instructions: z.number().positive(),
  output: z.string(),
});

describe("npm run guest", () => {
  it("passes a command's output on, and ends with its status", () => {
    const { status, stdout, stderr } = runGuest("echo out; echo err >&2; id -un; exit 7");
    expect(stdout).toBe("out\nroot\n");
    expect(stderr).toMatch(/(^|\n)err\n$/);
    expect(status).toBe(7);
  });

  it("ends with the docker CLI's status, and 128 and more for a signal", () => {
    const { status, stdout } = runGuest("docker version --format '{{.Server.Os}}' && kill -KILL $$");
    expect(stdout).toBe("linux\n");
    expect(status).toBe(137);
  });

  it("runs the lines of a script in one machine and prints a line of JSON for each", () => {
    const script = join(folder, "script");
    writeFileSync(script, "echo one >/tmp/file\n\ncat /tmp/file; echo two >&2\nfalse\n");
    const { status, stdout } = runGuest("--script", script);
    const lines = stdout.trimEnd().split("\n");
    const results = lines.map((line) => resultSchema.parse(JSON.parse(line)));
    expect(results.map(({ cmd, status: ended, output }) => [cmd, ended, output])).toEqual([
      ["echo one >/tmp/file", 0, ""],
      ["cat /tmp/file; echo two >&2", 0, "one\ntwo\n"],
      ["false", 1, ""],
    ]);
    expect(status).toBe(1);
  });
});
