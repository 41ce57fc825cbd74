/**
 * What a learner's first minutes take in Chromium, from the production build; scripts/bench/first-minute.ts starts it and
 * reads the file that it leaves. Nothing is asserted but that every command ends well.
 */
import { writeFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { PATIENCE, Playground } from "./playground";

const RUNS = Number(process.env["DRYDOCK_BENCH_RUNS"] ?? 8);
const FILE = process.env["DRYDOCK_BENCH_FILE"] ?? "first-minute.json";
const WARM_VISITS = 3;
/** A throttled machine takes many times longer; it shall be measured, not given up. */
const LIMIT_MS = 60 * 60_000;
const BUILD = "printf 'FROM busybox\\nRUN echo hi >/hi\\n' | docker build -q --no-cache -";

async function secondsToReady(page: Page): Promise<number> {
  await expect(page.getByTestId("status")).toHaveAttribute("data-kind", "ready", {
    timeout: LIMIT_MS,
  });
  return page.evaluate(() => performance.now() / 1000);
}

test("the first minutes", async ({ page }) => {
  test.setTimeout(LIMIT_MS);
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
  const time = async (name: string, command: string): Promise<void> => {
    const began = performance.now();
    const { status, screen } = await playground.run(command, 0, { timeout: LIMIT_MS });
    expect(status, screen).toBe(0);
    (seconds[name] ??= []).push((performance.now() - began) / 1000);
  };
  for (const name of ["ps-first", "ps-later", "ps-later"]) await time(name, "docker ps");
  for (let run = 0; run < RUNS; run++) {
    await time(run === 0 ? "run-first" : "run-later", "docker run --rm busybox echo hi");
  }
  for (const name of ["build-first", "build-later"]) await time(name, BUILD);
  await time("ps-last", "docker ps");
  await writeFile(FILE, JSON.stringify({ browser: page.context().browser()?.version() ?? "", seconds }));
});
