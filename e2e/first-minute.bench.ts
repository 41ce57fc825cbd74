/**
 * What a learner's first minutes take in Chromium, from the production build; scripts/bench/first-minute.ts starts it, says
 * what to run and reads the file that it leaves. Nothing is asserted but that every command ends well.
 */
import { readFile, writeFile } from "node:fs/promises";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { processorSeconds, tabBytes } from "./browser-processes";
import { PATIENCE, Playground } from "./playground";

const { DRYDOCK_BENCH_PLAN: PLAN = "plan.json", DRYDOCK_BENCH_FILE: FILE = "first-minute.json" } =
  process.env;
const WARM_VISITS = 3;
/** A throttled machine takes many times longer; it shall be measured, not given up. */
const LIMIT_MS = 60 * 60_000;
/** What the last command leaves to be done, in the guest and in the browser. */
const SETTLE_MS = 20_000;
const IDLE_MS = 20_000;

interface Step {
  readonly name: string;
  readonly command: string;
}

async function secondsToReady(page: Page): Promise<number> {
  await expect(page.getByTestId("status")).toHaveAttribute("data-kind", "ready", {
    timeout: LIMIT_MS,
  });
  return page.evaluate(() => performance.now() / 1000);
}

/** Shares of one processor while nobody does anything. */
async function measureIdle(
  page: Page,
  browser: Browser,
): Promise<{ readonly all: number; readonly tab: number; readonly seconds: number }> {
  await page.waitForTimeout(SETTLE_MS);
  const [before, began] = [await processorSeconds(browser), performance.now()];
  await page.waitForTimeout(IDLE_MS);
  const [after, seconds] = [await processorSeconds(browser), (performance.now() - began) / 1000];
  return { all: (after.all - before.all) / seconds, tab: (after.tabs - before.tabs) / seconds, seconds };
}

test("the first minutes", async ({ page, browser }) => {
  test.setTimeout(LIMIT_MS);
  const plan = JSON.parse(await readFile(PLAN, "utf8")) as readonly Step[];
  const playground = new Playground(page);
  await playground.visit();
  const seconds: Record<string, number[]> = {
    "prompt-cold": [await secondsToReady(page)],
    "prompt-warm": [],
  };
  for (let visit = 0; visit < WARM_VISITS; visit++) {
    await page.reload();
    seconds["prompt-warm"]?.push(await secondsToReady(page));
  }
  await playground.waitForText(/[#$]$/m, 0, { ...PATIENCE, timeout: LIMIT_MS });
  for (const { name, command } of plan) {
    const began = performance.now();
    const { status, screen } = await playground.run(command, 0, { timeout: LIMIT_MS });
    expect(status, screen).toBe(0);
    (seconds[name] ??= []).push((performance.now() - began) / 1000);
  }
  const idle = await measureIdle(page, browser);
  const result = { browser: browser.version(), seconds, idle, tabBytes: await tabBytes(browser) };
  await writeFile(FILE, JSON.stringify(result));
});
