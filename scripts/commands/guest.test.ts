/** What `npm run guest` refuses before it builds or restores anything. The rest is in guest.guest.test.ts. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

function runGuest(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const command = ["--import", "tsx", join(ROOT, "scripts/commands/guest.ts"), ...args];
  return spawnSync(process.execPath, command, { cwd: ROOT, encoding: "utf8" });
}

describe("npm run guest", { timeout: 60_000 }, () => {
  it.each([
    ["no command", []],
    ["two commands", ["true", "false"]],
    ["a command beside a script", ["--script", "file", "true"]],
    ["a script without a name", ["--script"]],
    ["a flag that it does not know", ["--warm", "true"]],
  ])("says how it is used when it gets %s", (_, args) => {
    const { status, stdout, stderr } = runGuest(...args);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("Usage: npm run -s guest");
  });

  it("has a status of its own for a script that is not there", () => {
    const { status, stdout, stderr } = runGuest("--script", "/no/such/file");
    expect(status).toBe(125);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^guest: ENOENT/);
  });
});
