import { spawn } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { childStream } from "./child-stream";
import { findAnswer, ShellTerminal, typedLine } from "./terminal";

const MARK = "0123456789abcdef";

describe("findAnswer", () => {
  const echo = typedLine("echo hi", MARK).replace("\n", "\r\n");

  it("does not take the echo of the line for its end", () => {
    expect(findAnswer(echo, MARK)).toBeUndefined();
    expect(findAnswer(`${echo}BEGIN-${MARK}\r\nhi\r\n`, MARK)).toBeUndefined();
  });

  it("finds output and status between the marks", () => {
    const text = `${echo}BEGIN-${MARK}\r\nhi\r\nthere\r\n\r\nEND-${MARK}-17-\r\nroot@drydock:~# `;
    expect(findAnswer(text, MARK)).toEqual({ output: "hi\nthere\n", status: 17 });
  });

  it("waits for the whole status", () => {
    expect(findAnswer(`BEGIN-${MARK}\r\n\r\nEND-${MARK}-1`, MARK)).toBeUndefined();
  });

  it("knows its own mark only", () => {
    expect(findAnswer(`BEGIN-${MARK}\n\nEND-fedcba9876543210-0-\n`, MARK)).toBeUndefined();
  });

  it("finds the end when more was said than is kept", () => {
    expect(findAnswer(`the last of it\nEND-${MARK}-0-`, MARK)).toEqual({
      output: "the last of it",
      status: 0,
    });
  });
});

describe("a real shell", () => {
  let stop = (): void => undefined;
  afterEach(() => stop());

  const open = (script?: string): ShellTerminal => {
    const child = spawn("bash", script === undefined ? [] : ["-c", script], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    stop = () => void child.kill("SIGKILL");
    return new ShellTerminal(childStream(child, "the shell"));
  };

  it("runs one command after the other, and says what failed", async () => {
    const terminal = open();
    expect((await terminal.run("echo one; echo two", 10)).output).toBe("one\ntwo\n");
    expect((await terminal.run("printf three", 10)).output).toBe("three");
    await expect(terminal.run("echo bad; (exit 3)", 10)).rejects.toThrow(/status 3\nbad/);
    expect((await terminal.run("seq 400000 | tail -n 1", 30)).output).toBe("400000\n");
  });

  it("gives up after its limit, and when the shell ends", async () => {
    const terminal = open();
    await expect(terminal.run("sleep 2", 0.2)).rejects.toThrow(/sleep 2: no end after 0.2 s/);
    stop();
    await expect(terminal.run("true", 10)).rejects.toThrow(/the shell ended/);
  });

  it("waits for a prompt", async () => {
    const terminal = open("sleep 0.2; printf '# \\033]133;B\\007'; read line");
    await terminal.waitForPrompt(10);
    await expect(open("sleep 2").waitForPrompt(0.2)).rejects.toThrow(/the first prompt/);
  });
});
