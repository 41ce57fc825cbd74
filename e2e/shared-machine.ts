/**
 * One page with one machine, for all files whose tests do not need their own: a start and a first `docker run` in a cold
 * machine take longer than most tests. Playwright runs these files one after the other; after a failure it takes a new
 * process, and so a new machine. Each file calls `leaveClean` at its end. What kills, pauses, reloads or attacks a
 * machine, or counts what a start costs, opens its own.
 */
import { expect, test as base } from "@playwright/test";
import { PATIENCE, Playground } from "./playground";

export interface SharedMachine {
  readonly playground: Playground;
  /** Warnings and errors of the browser's console, and what nobody caught, since the page was opened. */
  readonly complaints: readonly string[];
}

export const test = base.extend<object, { shared: SharedMachine }>({
  shared: [
    async ({ browser }, use, { project }) => {
      const { baseURL, locale, viewport } = project.use;
      const context = await browser.newContext({
        ...(baseURL === undefined ? {} : { baseURL }),
        ...(locale === undefined ? {} : { locale }),
        viewport: viewport ?? null,
        permissions: ["clipboard-read", "clipboard-write"],
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        if (["warning", "error"].includes(message.type())) complaints.push(message.text());
      });
      await use({ playground: await Playground.open(page), complaints });
      await context.close();
    },
    { scope: "worker", timeout: PATIENCE.timeout },
  ],
});

/** Takes away what a file's tests made, and shows the first terminal without the preview. For `afterAll`. */
export async function leaveClean(playground: Playground): Promise<void> {
  // After a failure nobody knows what the terminals do; the machine goes with its process.
  const { status, expectedStatus } = test.info();
  if (status !== expectedStatus) return;
  const { page } = playground;
  const preview = page.getByTestId("preview");
  if (await preview.isVisible()) await preview.getByRole("button", { name: "关闭预览" }).click();
  await page.getByRole("tab").first().click();
  const containers = "docker ps -aq | xargs -r docker rm -f >/dev/null 2>&1";
  const files = "cd; ls -A | grep -v -e '^\\.' -e '^templates$' | xargs -r rm -rf";
  expect((await playground.run(`${containers}; ${files}`)).status).toBe(0);
}

/** Opens terminals until there are so many, and shows the first. */
export async function openTerminals(playground: Playground, count: number): Promise<void> {
  const { page } = playground;
  for (let terminal = await page.getByRole("tab").count(); terminal < count; terminal++) {
    await page.getByRole("button", { name: "新建终端" }).click();
    await playground.waitForText(/root@drydock:~#$/m, terminal);
  }
  await page.getByRole("tab").first().click();
}
