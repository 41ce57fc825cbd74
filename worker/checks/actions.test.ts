import { describe, expect, it } from "vitest";
import type { GuestAction } from "../../contract/checks";
import { ActionRunner, type ActionDoors } from "./actions";
import type { HiddenShell } from "./hidden-terminal";

const PROMPT = "\u001b[?2004hroot@drydock:~# \u001b]133;B\u0007";
const MARK = "\u001b]133;C\u0007";

/** A shell that answers what is typed by `react`; undefined ends it. */
class ScriptedShell implements HiddenShell {
  readonly typed: string[] = [];
  readonly output: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(private readonly react: (text: string, shell: ScriptedShell) => void) {
    this.output = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
    });
    this.say(PROMPT);
  }

  say(text: string): void {
    this.#controller?.enqueue(new TextEncoder().encode(text));
  }

  write(text: string): Promise<void> {
    this.typed.push(text);
    this.react(text, this);
    return Promise.resolve();
  }

  close(): void {
    this.#controller?.close();
    this.#controller = undefined;
  }
}

function setUp(react: (text: string, shell: ScriptedShell) => void): {
  runner: ActionRunner;
  shells: ScriptedShell[];
  programs: { argv: readonly string[]; input: string | Uint8Array }[];
} {
  const shells: ScriptedShell[] = [];
  const programs: { argv: readonly string[]; input: string | Uint8Array }[] = [];
  const doors: ActionDoors = {
    openShell: () => {
      const shell = new ScriptedShell(react);
      shells.push(shell);
      return Promise.resolve(shell);
    },
    runWith: (argv, input) => {
      programs.push({ argv, input });
      const status = input === "fail" ? 1 : 0;
      return Promise.resolve({ status, stdout: status === 0 ? "out" : "cat: no space" });
    },
  };
  return { runner: new ActionRunner(doors), shells, programs };
}

const run = (
  command: string,
  rest: { inside?: boolean; stays?: boolean; terminal?: 1 | 2 } = {},
): GuestAction => ({
  type: "run",
  command,
  terminal: 1,
  inside: false,
  stays: false,
  ...rest,
});
const { signal } = new AbortController();

describe("ActionRunner", () => {
  it("types a command as one paste and waits for the prompt", async () => {
    const { runner, shells } = setUp((_text, shell) => {
      setTimeout(() => shell.say(`${MARK}hello\r\n${PROMPT}`), 100);
    });
    const { output } = await runner.perform(run("echo a\necho b"), signal);
    expect(shells[0]?.typed).toEqual(["\u001b[200~echo a\necho b\u001b[201~\r"]);
    expect(output).toContain("hello\nroot@drydock:~# ");
    expect(output).not.toContain("\u001b");
    await runner.perform(run("echo c"), signal);
    expect(shells).toHaveLength(1);
  });

  it("does not take a prompt that is drawn anew for the end of the command", async () => {
    const { runner } = setUp((_text, shell) => {
      shell.say(`\r${PROMPT}`);
      setTimeout(() => shell.say(`${MARK}hello\r\n${PROMPT}`), 200);
    });
    const { output } = await runner.perform(run("docker pull nginx"), signal);
    expect(output).toContain("hello");
  });

  it("starts a program, types into it, and presses keys until the prompt is back", async () => {
    const { runner, shells } = setUp((text, shell) => {
      if (text.includes("docker run -it")) shell.say(`${MARK}/ # `);
      else if (text === "exit\r") shell.say(`exit\r\n${PROMPT}`);
      else if (text === "\u0003") shell.say(`^C\r\n${PROMPT}`);
      else shell.say(`${text}\n/ # `);
    });
    await runner.perform(run("docker run -it busybox", { stays: true }), signal);
    await runner.perform(run("ls\nexit", { inside: true }), signal);
    await runner.perform({ type: "keys", bytes: ["\u0003"], terminal: 1 }, signal);
    expect(shells[0]?.typed.slice(1)).toEqual(["ls\r", "exit\r", "\u0003"]);
  });

  it("has a shell for each terminal, and a new one when it has ended", async () => {
    const { runner, shells } = setUp((text, shell) => {
      if (text.includes("exit")) shell.close();
      else shell.say(MARK + PROMPT);
    });
    await runner.perform(run("exit"), signal);
    await runner.perform(run("a", { terminal: 2 }), signal);
    await runner.perform(run("b"), signal);
    expect(shells.map(({ typed }) => typed.length)).toEqual([1, 1, 1]);
    await runner.perform({ type: "end" }, signal);
    await runner.perform(run("c", { terminal: 2 }), signal);
    expect(shells).toHaveLength(4);
  });

  it("gives a command up by its signal", async () => {
    const { runner } = setUp(() => undefined);
    const abort = new AbortController();
    const running = runner.perform(run("sleep 1000"), abort.signal);
    abort.abort();
    await expect(running).rejects.toThrow();
  });

  it("saves files and runs scripts", async () => {
    const { runner, programs } = setUp(() => undefined);
    await runner.perform({ type: "file", path: "/root/a b", content: "hi", mode: "755" }, signal);
    expect(programs[0]).toMatchObject({
      input: "hi",
      argv: expect.arrayContaining(["/root/a b", "755"]) as unknown,
    });
    expect(await runner.perform({ type: "script", script: "docker pull x" }, signal)).toEqual({
      status: 0,
      output: "out",
    });
    expect(programs[1]).toEqual({ argv: ["bash", "-e"], input: "docker pull x" });
    await expect(
      runner.perform({ type: "file", path: "/full", content: "fail", mode: "644" }, signal),
    ).rejects.toMatchObject({ code: "bad-request", subject: "/full", message: "/full: cat: no space" });
  });
});
