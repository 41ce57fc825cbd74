/** A Chromium with a profile of its own that can be killed at any moment, and started again with the same profile. */
import { spawn, type ChildProcess } from "node:child_process";
import { chromium, type Browser, type Page } from "@playwright/test";

export interface LaunchedBrowser {
  readonly browser: Browser;
  readonly page: Page;
  /** Ends all of its processes at once, as a crash of the computer would: nothing is written any more. */
  kill(): Promise<void>;
}

export async function launchWithProfile(
  executable: string,
  args: readonly string[],
  profile: string,
): Promise<LaunchedBrowser> {
  const child = spawn(
    executable,
    [
      ...args,
      "--headless=new",
      "--lang=zh-CN",
      "--window-size=1280,800",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      "about:blank",
    ],
    // A process group of its own: the children go with it.
    { detached: true, stdio: ["ignore", "ignore", "pipe"] },
  );
  const endpoint = await devToolsEndpoint(child);
  const browser = await chromium.connectOverCDP(endpoint);
  const [context] = browser.contexts();
  if (context === undefined) throw new Error("the browser has no context");
  return {
    browser,
    page: context.pages()[0] ?? (await context.newPage()),
    kill: async () => {
      const ended = new Promise((resolve) => child.once("close", resolve));
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      await ended;
      await browser.close().catch(() => {
        // It has no other end to say goodbye to.
      });
    },
  };
}

function devToolsEndpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (bytes: Buffer) => {
      said += bytes.toString();
      const found = /DevTools listening on (ws:\S+)/u.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("close", () => reject(new Error(`the browser ended: ${said}`)));
    child.once("error", reject);
  });
}
