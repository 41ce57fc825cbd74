/** What a visit costs: bytes, seconds, long tasks, memory. Sizes are asserted; times are printed. */
import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { tabBytes } from "./browser-processes";
import { PATIENCE, Playground } from "./playground";

const MB = 1_000_000;

/** What the budget allows, in bytes: `npm run size` and `npm run bench` read the same file. */
async function readLimit(name: "size-prompt" | "tab-memory"): Promise<number> {
  const budget = JSON.parse(await readFile("scripts/size/budget.json", "utf8")) as Record<
    string,
    { readonly atMost: number }
  >;
  return budget[name]?.atMost ?? 0;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/**
 * The tasks of a page's main thread in a trace of the category `toplevel`, in milliseconds: by the clock, and by the
 * processor time that the thread really had, which a busy machine does not change.
 */
function mainThreadTasks(trace: Buffer): { readonly wall: number; readonly cpu: number }[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const mains = new Set(
    traceEvents
      .filter((event) => event.name === "thread_name" && event.args?.name === "CrRendererMain")
      .map((event) => `${event.pid}/${event.tid}`),
  );
  return traceEvents
    .filter((event) => event.name.endsWith("RunTask") && mains.has(`${event.pid}/${event.tid}`))
    .map((event) => ({ wall: (event.dur ?? 0) / 1000, cpu: (event.tdur ?? 0) / 1000 }));
}

async function secondsToReady(page: Page): Promise<number> {
  await expect(page.getByTestId("status")).toHaveAttribute("data-kind", "ready", PATIENCE);
  return page.evaluate(() => performance.now() / 1000);
}

test("an empty cache, then a warm one", async ({ page }) => {
  // What the background fetches after the prompt is none of the prompt's, so the page notes when it was ready.
  await page.addInitScript(() => {
    new MutationObserver(() => {
      const kind = document.querySelector('[data-testid="status"]')?.getAttribute("data-kind");
      if (kind === "ready" && !("readyAt" in globalThis)) Object.assign(globalThis, { readyAt: Date.now() });
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  const requests: { began: number; size: Promise<number> }[] = [];
  page.context().on("requestfinished", (request) => {
    const size = request.sizes().then(({ responseBodySize }) => responseBodySize);
    requests.push({ began: request.timing().startTime, size });
  });
  const playground = new Playground(page);
  await playground.visit();
  const cold = await secondsToReady(page);
  const readyAt = await page.evaluate(() => (globalThis as unknown as { readyAt: number }).readyAt);
  const sizes = await Promise.all(requests.filter(({ began }) => began < readyAt).map(({ size }) => size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`empty cache: ${(bytes / MB).toFixed(1)} MB before the prompt, ${cold.toFixed(1)} s`);
  expect(bytes).toBeGreaterThan(10 * MB);
  expect(bytes).toBeLessThanOrEqual(await readLimit("size-prompt"));

  const seconds: number[] = [];
  for (let visit = 0; visit < 3; visit++) {
    await page.reload();
    seconds.push(await secondsToReady(page));
  }
  seconds.sort((a, b) => a - b);
  console.log(
    `warm cache: prompt after ${seconds.map((value) => value.toFixed(1)).join(", ")} s (median ${seconds[1]?.toFixed(1)})`,
  );
});

test("the main thread while the machine starts, and the tab's memory after a container has run", async ({
  page,
  browser,
}) => {
  await browser.startTracing(page, { categories: ["toplevel"] });
  const playground = new Playground(page);
  await playground.visit();
  await secondsToReady(page);
  const tasks = mainThreadTasks(await browser.stopTracing());
  expect(tasks.length).toBeGreaterThan(100);
  const longest = (measure: "wall" | "cpu"): string =>
    Math.max(...tasks.map((task) => task[measure])).toFixed(0);
  const over = (measure: "wall" | "cpu"): number => tasks.filter((task) => task[measure] > 50).length;
  console.log(
    `main thread while starting: longest task ${longest("cpu")} ms of processor time, ${over("cpu")} over 50 ms ` +
      `(by the clock ${longest("wall")} ms, ${over("wall")} over 50 ms)`,
  );
  await playground.waitReady();
  expect((await playground.run("docker run --rm busybox true")).status).toBe(0);
  const largest = await tabBytes(browser);
  console.log(`tab: ${(largest / MB).toFixed(0)} MB resident`);
  expect(largest).toBeGreaterThan(0);
  expect(largest).toBeLessThanOrEqual(await readLimit("tab-memory"));
});
