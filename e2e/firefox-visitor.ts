/** What a visitor does in a browser that nobody drives: this function becomes a script of the page. */

/** What the visitor saw, and when, in milliseconds since the page began to load. */
export interface Sight {
  readonly what: "prompt" | "command" | "page" | "logs" | "complaint";
  readonly text: string;
  readonly ms: number;
}

/** Runs in the page, from its source: it may use nothing from outside of itself. */
export async function visit(): Promise<void> {
  const tell = (what: Sight["what"], text: string): void => {
    const sight: Sight = { what, text, ms: performance.now() };
    void fetch("/sight", { method: "POST", body: JSON.stringify(sight) });
  };
  const until = async <T>(look: () => T | undefined | null | false): Promise<T> => {
    for (;;) {
      const seen = look();
      if (seen !== undefined && seen !== null && seen !== false) return seen;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const find = (selector: string): HTMLElement | null => document.querySelector<HTMLElement>(selector);
  const screen = (): string =>
    [...document.querySelectorAll(`[data-testid="terminal-0"] .xterm-rows > div`)]
      .map((row) => row.textContent.replaceAll("\u00a0", " ").trimEnd())
      .join("\n")
      .trimEnd();
  const type = (text: string): void => {
    const input = find(`[data-testid="terminal-0"] textarea`);
    input?.focus();
    input?.dispatchEvent(new InputEvent("input", { data: `${text}\r`, inputType: "insertText" }));
  };
  let commands = 0;
  const run = async (command: string): Promise<string> => {
    const mark = `done-${++commands}`;
    // In two parts, so that the echo of the command line is not taken for it.
    type(`clear; ${command}; echo done''-${commands}`);
    return until(() => screen().includes(mark) && screen());
  };

  window.addEventListener("error", ({ message }) => tell("complaint", message));
  window.addEventListener("unhandledrejection", ({ reason }) => tell("complaint", String(reason)));
  document.addEventListener("securitypolicyviolation", (event) =>
    tell(
      "complaint",
      `${event.violatedDirective}: ${event.blockedURI} in ${event.sourceFile}:${event.lineNumber}:${event.columnNumber}`,
    ),
  );

  await until(() => find(`[data-testid="status"][data-kind="ready"]`));
  tell("prompt", await until(() => /[#$]$/.test(screen()) && screen()));
  tell("command", await run("docker run --rm busybox echo hello from $((6 * 7))"));
  const page = `<h1>Hello</h1><script>fetch("/told-by-the-page")</script>`;
  const serve = `echo '${page}' > /tmp/index.html; exec httpd -f -vv -p 80 -h /tmp`;
  await run(`docker run -d --name site -p 8080:80 busybox sh -c ${JSON.stringify(serve)}`);
  (await until(() => find(`[data-testid="port-notice"] button`))).click();
  await until(() => find("iframe:not([hidden])"));
  tell(
    "page",
    await until(() => document.querySelector<HTMLInputElement>('[data-testid="preview"] input')?.value),
  );
  let logs: string;
  do logs = await run("docker logs site 2>&1 | tail -n 20");
  while (!logs.includes("told-by-the-page"));
  tell("logs", logs);
}
