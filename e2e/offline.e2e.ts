/** Without a network after one visit. */
import { expect, test, type Browser, type Page } from "@playwright/test";
import { DeployedSite } from "./deployed-site";
import { PATIENCE, Playground } from "./playground";

// On two busy processors each start takes its time.
test.describe.configure({ mode: "serial", timeout: 600_000 });

let site: DeployedSite;
let page: Page;
let playground: Playground;

test.beforeAll(async ({ browser }) => {
  site = await DeployedSite.open("N");
  await openBrowser(browser);
});

test.afterAll(async () => {
  await page.context().close();
  await site.close();
});

/** A browser that has never been here. */
async function openBrowser(browser: Browser): Promise<void> {
  const context = await browser.newContext({ locale: "zh-CN", viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  playground = new Playground(page);
}

const visit = (query = ""): Promise<unknown> => page.goto(`${site.url}?renderer=dom${query}`);
const release = (): Promise<string | null> => page.locator('meta[name="release"]').getAttribute("content");
const isControlled = (): boolean => navigator.serviceWorker.controller !== null;

async function cut(): Promise<void> {
  await site.cut();
  await page.context().setOffline(true);
}

async function connect(): Promise<void> {
  await site.connect();
  await page.context().setOffline(false);
}

/** A clean machine, whether or not there is a saved one to choose. */
async function begin(): Promise<void> {
  const choice = page.getByTestId("start-choice");
  const ready = page.locator('[data-testid="status"][data-kind="ready"]');
  await expect(choice.or(ready).first()).toBeVisible(PATIENCE);
  await ((await choice.isVisible()) ? playground.startClean() : playground.waitReady());
}

test("one visit is enough to do a lesson with the hub's nginx with the network cut", async () => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await visit("&open=offline");
  // What a guest reads of its disk differs from run to run: all of it is fetched ahead.
  const offline = page.getByRole("dialog", { name: "离线使用" });
  const disk = offline.getByTestId("part-disk");
  await disk.getByRole("checkbox").check(PATIENCE);
  await offline.getByRole("button", { name: /^(?:下载|继续下载)$/ }).click();
  await expect(disk).toContainText("已就绪", PATIENCE);
  await page.keyboard.press("Escape");
  await begin();
  await page.waitForFunction(isControlled);
  await page.getByRole("button", { name: "课程", exact: true }).click();
  const panel = page.getByRole("complementary", { name: "课程" });
  await panel
    .getByRole("button", { name: /第一个网站/ })
    .first()
    .click(PATIENCE);
  await expect(panel.getByTestId("step")).toBeVisible(PATIENCE);
  const step = panel.getByTestId("step");
  const runStep = async (): Promise<void> => {
    await step.getByTestId("act").getByRole("button").first().click(PATIENCE);
    await expect(step.getByTestId("standing").and(step.locator('[data-tone="pass"]'))).toBeVisible(PATIENCE);
  };
  await runStep();
  // What everyday commands read comes while the guest is idle.
  await page.getByRole("button", { name: "帮助" }).click();
  await expect(page.getByRole("dialog")).toContainText("都已经在浏览器的缓存里", PATIENCE);
  await page.keyboard.press("Escape");

  await cut();
  await visit();
  await begin();
  expect(await release()).toBe("N");
  // It is where the learner was.
  await runStep();
  await panel.getByRole("button", { name: "下一步" }).click();
  await page.getByRole("button", { name: "预览", exact: true }).click();
  await page.getByRole("textbox", { name: "网址" }).fill("http://localhost");
  await page.keyboard.press("Enter");
  const welcome = page.frameLocator("iframe:not([hidden])");
  await expect(welcome.getByRole("heading", { name: "Welcome to nginx!" })).toBeVisible(PATIENCE);
  // The page of a container has no origin here either.
  const frame = page.frames().find((each) => each !== page.mainFrame());
  expect(await frame?.evaluate(() => self.origin)).toBe("null");
  await expect(page.locator("iframe:not([hidden])")).toHaveAttribute(
    "sandbox",
    "allow-scripts allow-forms allow-modals",
  );
  expect(asked.filter((url) => !url.startsWith(site.url) && !/^(?:data|blob|about):/u.test(url))).toEqual([]);
  await connect();
});
