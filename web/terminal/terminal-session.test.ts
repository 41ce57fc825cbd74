import "./testing/test-page";
import { describe, expect, it, vi } from "vitest";
import type { Notice } from "./notice";
import { PIECE_BYTES, type PasteProgress } from "./input-queue";
import { TerminalSession } from "./terminal-session";
import { LOOK, TestConsoles } from "./testing/test-console";

function setUp(): {
  port: TestConsoles;
  session: TerminalSession;
  notices: Notice[];
  progress: (PasteProgress | undefined)[];
  /** What the shell's marks told: commands, and "$" for a prompt. */
  shell: string[];
  /** Gives the terminal output, and waits until it has taken it. */
  output: (text: string) => Promise<void>;
} {
  const port = new TestConsoles();
  const notices: Notice[] = [];
  const progress: (PasteProgress | undefined)[] = [];
  const shell: string[] = [];
  const session: TerminalSession = new TerminalSession(0, port.consoles, LOOK, {
    onPasteProgress: (change) => progress.push(change),
    onNotice: (notice) => notices.push(notice),
    onType: (text) => text,
    onCommand: (text) => shell.push(text),
    onPrompt: () => shell.push("$"),
  });
  let sent = 0;
  const output = async (text: string): Promise<void> => {
    const bytes = new TextEncoder().encode(text);
    sent += bytes.length;
    session.output(bytes);
    await vi.waitFor(() => expect(port.consumedBytes).toBe(sent));
  };
  return { port, session, notices, progress, shell, output };
}

describe("TerminalSession", () => {
  it("answers what the guest asks the terminal, and tells how much it has taken", async () => {
    const { port, output } = setUp();
    await output("\u001b[c");
    await vi.waitFor(() => expect(port.typed[0]).toBe("\u001b[?1;2c"));
  });

  it("knows from the shell's marks whether it waits for a command", async () => {
    const { session, output } = setUp();
    expect(session.atPrompt).toBe(true);
    await output("\u001b]133;C\u0007");
    expect(session.atPrompt).toBe(false);
    await output("# \u001b]133;B\u0007");
    expect(session.atPrompt).toBe(true);
    await output("\u001b]133;C\u0007");
    session.reset();
    expect(session.atPrompt).toBe(true);
  });

  describe("the command that was typed", () => {
    const B = "\u001b]133;B\u0007";
    const C = "\u001b]133;C\u0007";

    it("is read off the screen as the line editor has left it", async () => {
      const { shell, output } = setUp();
      await output(`root# ${B}docker psx\b \b\r\n${C}`);
      await output(`CONTAINER ID\r\nroot# ${B}`);
      expect(shell).toEqual(["$", "docker ps", "$"]);
    });

    it("is whole when it is longer than a row, and when it has several lines", async () => {
      const { shell, output } = setUp();
      const long = `docker run ${"x".repeat(200)} end`;
      await output(`root# ${B}${long}\r\n${C}root# ${B}for i in 1 2\r\n> do echo; done\r\n${C}`);
      expect(shell).toEqual(["$", long, "$", "for i in 1 2\n> do echo; done"]);
    });

    it("is the one that is there after the prompt was drawn anew", async () => {
      const { shell, output } = setUp();
      await output(`root# ${B}(reverse-i-search)\r\u001b[Kroot# ${B}docker images\r\n${C}`);
      expect(shell).toEqual(["$", "docker images"]);
    });

    it("is none after Enter alone, without marks, and of a shell that was reset", async () => {
      const { session, shell, output } = setUp();
      await output(`root# ${B}\r\nroot# ${B}`);
      session.reset();
      await output(`ls\r\n${C}`);
      expect(shell).toEqual(["$"]);
    });

    it("is none when its prompt has left the scrollback", async () => {
      const { shell, output } = setUp();
      await output(`root# ${B}cat\r\n${"line\r\n".repeat(12_000)}${C}`);
      expect(shell).toEqual(["$"]);
    });
  });

  it("keeps what it shows, with its scrollback, colours and modes, and shows it again", async () => {
    const { session, output } = setUp();
    const lines = Array.from({ length: 60 }, (_, line) => `line ${line}`).join("\r\n");
    await output(`${lines}\r\n\u001b[31mred\u001b[0m \u001b[?2004h\u001b]133;C\u0007`);
    const kept = await session.keep();
    expect(kept).toMatchObject({ console: 0, columns: 80, rows: 24, atPrompt: false });
    expect(session.text).toMatch(/^line 37\n[^]*line 59\nred $/u);

    const other = setUp();
    await other.output("something else");
    const { screen, ...frame } = kept;
    const bytes = new TextEncoder().encode(screen);
    other.session.restore({ ...frame, bytes: bytes.byteLength });
    other.session.output(bytes);
    expect(await other.session.keep()).toMatchObject(kept);
    expect(other.session.text).toBe(session.text);
    other.session.paste("x");
    await vi.waitFor(() => expect(other.port.typed[0]).toBe("\u001b[200~x\u001b[201~"));
  });

  it("keeps what was written before it was asked, and nothing of what comes after", async () => {
    const { port, session } = setUp();
    session.output(new TextEncoder().encode("before"));
    const kept = session.keep();
    session.output(new TextEncoder().encode(" after"));
    expect((await kept).screen).toContain("before");
    expect((await kept).screen).not.toContain("after");
    expect((await session.keep()).screen).toContain("before after");
    await vi.waitFor(() => expect(port.consumedBytes).toBe(12));
  });

  it("shows what is written after a kept screen behind it", async () => {
    const { session, output } = setUp();
    await output("old");
    session.restore({ console: 0, columns: 40, rows: 10, atPrompt: true, bytes: 4 });
    session.output(new TextEncoder().encode("kept"));
    session.output(new TextEncoder().encode(" new"));
    await session.keep();
    expect(session.text).toBe("kept new");
  });

  it("types a command with its Enter, and keys as they are", async () => {
    const { port, session } = setUp();
    session.enterCommand("docker ps");
    session.sendKeys(["q", "\u0004"]);
    await vi.waitFor(() => expect(port.typed[0]).toBe("docker ps\rq\u0004"));
  });

  it("presses the key bar's arrows and brackets pastes as the guest's program asks for them", async () => {
    const { port, session, output } = setUp();
    session.press("up");
    await output("\u001b[?1h\u001b[?2004h");
    session.press("up");
    session.paste("a\nb");
    await vi.waitFor(() => expect(port.typed[0]).toBe("\u001b[A\u001bOA\u001b[200~a\rb\u001b[201~"));
  });

  it("drops the rest of a paste when it is interrupted", async () => {
    const { port, session, progress } = setUp();
    port.isHeld = true;
    session.paste("x".repeat(3 * PIECE_BYTES));
    session.sendKeys(["\u0003"]);
    port.release();
    await vi.waitFor(() => expect(port.typed[0].at(-1)).toBe("\u0003"));
    expect(port.typed[0]).toBe(`${"x".repeat(PIECE_BYTES)}\u0003`);
    expect(progress.at(-1)).toBeUndefined();
  });

  it.each([
    ["internal", [{ kind: "input-failed", message: "no input" }]],
    // The machine has gone, which has a page of its own.
    ["worker-died", []],
    ["aborted", []],
  ] as const)("tells of input that was not taken (%s) what is left to tell", async (code, told) => {
    const { port, session, notices } = setUp();
    port.failure = code;
    session.sendKeys(["a"]);
    // A task comes after all that waits for promises alone.
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(notices).toEqual(told);
    port.failure = undefined;
    session.sendKeys(["b"]);
    await vi.waitFor(() => expect(port.typed[0]).toBe("b"));
  });
});
