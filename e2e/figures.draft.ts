/** What a visit costs: bytes, seconds, long tasks, memory. Sizes are asserted; times are printed. */
import { expect, type Page, test } from "@playwright/test";
import { PATIENCE, Playground } from "./playground";

const MB = 1_000_000;
const PROMPT_BUDGET = 60 * MB;
const TAB_BUDGET = 1200 * MB;

async function watchLongTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { longTasks: tasks });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(entry.duration);
    }).observe({ type: "longtask", buffered: true });
  });
}

async function secondsToReady(page: Page): Promise<number> {
  await expect(page.getByTestId("status")).toHaveAttribute("data-kind", "ready", PATIENCE);
  return page.evaluate(() => performance.now() / 1000);
}

test("an empty cache, then a warm one", async ({ page }) => {
  let ready = false;
  const sizes: Promise<number>[] = [];
  page.context().on("requestfinished", (request) => {
    if (!ready) sizes.push(request.sizes().then((size) => size.responseBodySize));
  });
  await watchLongTasks(page);
  const playground = new Playground(page);
  await playground.visit();
  const cold = await secondsToReady(page);
  ready = true;
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  console.log(`empty cache: ${(bytes / MB).toFixed(1)} MB before the prompt, ${cold.toFixed(1)} s`);
  expect(bytes).toBeGreaterThan(10 * MB);
  expect(bytes).toBeLessThan(PROMPT_BUDGET);

  const seconds: number[] = [];
  for (let visit = 0; visit < 3; visit++) {
    await page.reload();
    seconds.push(await secondsToReady(page));
  }
  seconds.sort((a, b) => a - b);
  console.log(
    `warm cache: prompt after ${seconds.map((value) => value.toFixed(1)).join(", ")} s (median ${seconds[1]?.toFixed(1)})`,
  );
  const tasks = await page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks);
  console.log(
    `main-thread tasks over 50 ms while starting: ${tasks.length} [${tasks.map(Math.round).join(", ")}]`,
  );
});

test("memory of the tab after a container has run", async ({ page, browser }) => {
  const playground = await Playground.open(page);
  expect((await playground.run("docker run --rm busybox true")).status).toBe(0);
  const client = await browser.newBrowserCDPSession();
  const { processInfo } = await client.send("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter((process) => process.type === "renderer");
  const { readFile } = await import("node:fs/promises");
  let largest = 0;
  for (const { id } of renderers) {
    const status = await readFile(`/proc/${id}/status`, "utf8");
    const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    largest = Math.max(largest, kilobytes * 1024);
  }
  console.log(`tab: ${(largest / MB).toFixed(0)} MB resident`);
  expect(largest).toBeGreaterThan(0);
  expect(largest).toBeLessThan(TAB_BUDGET);
});
