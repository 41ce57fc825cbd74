import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readNumber, readPort } from "./cli";

/** Where tsx is. */
const ROOT = join(import.meta.dirname, "..");

const folder = mkdtempSync(join(tmpdir(), "drydock-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command whose `run` is this text. */
function command(run: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const program = join(folder, "command.mts");
  writeFileSync(
    program,
    `import { parseArgs } from "node:util";
    import { runCommand } from ${JSON.stringify(join(import.meta.dirname, "cli.ts"))};
    await runCommand({
      usage: "usage: it",
      readFlags: (args) => parseArgs({ args, options: { loud: { type: "boolean" } } }).values,
      run: ${run},
      failed: 9,
    });
    console.log("goes on");`,
  );
  return spawnSync(process.execPath, ["--import", "tsx", program, ...args], { cwd: ROOT, encoding: "utf8" });
}

describe("a command", { timeout: 60_000 }, () => {
  it("ends with its status, whatever is left running", () => {
    expect(
      command("async ({ loud }) => { setInterval(() => 0, 1000); return loud ? 7 : 0; }", "--loud").status,
    ).toBe(7);
  });

  it("goes on when it has none", () => {
    expect(command("async () => undefined")).toMatchObject({ status: 0, stdout: "goes on\n" });
  });

  it("says what failed, and ends with the status for that", () => {
    const ended = command(`async () => { setInterval(() => 0, 1000); throw new Error("no room"); }`);
    expect(ended).toMatchObject({ status: 9, stdout: "", stderr: "no room\n" });
  });

  it("says how it is used for flags that it does not know", () => {
    const { status, stderr } = command("async () => 0", "--quiet");
    expect(status).toBe(2);
    expect(stderr).toMatch(/--quiet.*\nusage: it\n$/s);
  });
});

describe("numbers", () => {
  it("are whole and within their limits", () => {
    expect([readNumber("--count", "1", 1, 9), readNumber("--count", "9", 1, 9)]).toEqual([1, 9]);
    expect(readPort("0")).toBe(0);
  });

  it.each(["", "0", "10", "-1", "1.5", "1e0", " 1", "one", "99999999999999999999"])("are not %j", (text) => {
    expect(() => readNumber("--count", text, 1, 9)).toThrow("--count needs a number from 1 to 9");
  });
});
