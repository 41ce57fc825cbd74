/** Without a network after one visit; what a new release does to an open page; what the browser has removed. */
import { expect, test, type Browser, type Locator, type Page } from "@playwright/test";
import { DeployedSite } from "./deployed-site";
import { PATIENCE, Playground } from "./playground";

interface Manifest {
  readonly blocks: { readonly chunks: readonly { readonly sha256: string }[]; readonly hotChunks: number };
}

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
const notice = (): Locator => page.getByTestId("new-release");

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

/** The site's new files are looked for once an hour; here at once. */
async function lookForReleases(): Promise<void> {
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
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
  await page.reload();
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

test("a new release is offered; the page goes on, online and offline, takes it when asked, and goes back", async ({
  browser,
}) => {
  await page.context().close();
  await openBrowser(browser);
  await visit();
  await begin();
  await page.waitForFunction(isControlled);
  const manifest = (await (await page.request.get(`${site.url}guest/manifest.json`)).json()) as Manifest;
  const rest = manifest.blocks.chunks.slice(manifest.blocks.hotChunks).map(({ sha256 }) => sha256);
  await site.make("N+1", rest);
  // What it reads of the disk is there from now on.
  await playground.run("docker ps -q");
  site.deploy("N+1");
  await lookForReleases();
  await expect(notice()).toBeVisible(PATIENCE);
  expect((await playground.run("docker ps -q")).status).toBe(0);

  await cut();
  await page.reload();
  await begin();
  expect(await release()).toBe("N");
  await notice().getByRole("button", { name: "现在启用…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "重新加载并启用" }).click();
  await expect(dialog).toContainText("连不上网络", PATIENCE);
  await page.keyboard.press("Escape");
  expect((await playground.run("docker ps -q")).status).toBe(0);

  // What the site no longer has of this release: said, with the way on.
  await connect();
  await playground.focus();
  await playground.typeLine("cat /usr/bin/* /usr/sbin/* /usr/lib/i386-linux-gnu/* >/dev/null 2>&1");
  const ways = page.getByTestId("disk-fault").getByTestId("failure-ways");
  await expect(ways).toContainText("网站已经有新版本", PATIENCE);
  await ways.getByRole("button", { name: "重新加载并启用" }).click();
  await expect(page.locator('meta[name="release"]')).toHaveAttribute("content", "N+1", PATIENCE);
  await begin();
  await expect(notice()).toBeHidden();

  // The site goes back: that is offered in the same way, here with a clean machine.
  site.deploy("N");
  await lookForReleases();
  await expect(notice()).toBeVisible(PATIENCE);
  await page.getByRole("button", { name: "重置", exact: true }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /换一台新的|丢掉并重置/ })
    .click();
  await expect(page.locator('meta[name="release"]')).toHaveAttribute("content", "N", PATIENCE);
  await begin();
});

test("parts are chosen, fetched, verified and freed, and the choice is there after a reload", async () => {
  await visit("&open=offline");
  const dialog = page.getByRole("dialog", { name: "离线使用" });
  const state = dialog.getByTestId("offline-state");
  const hello = dialog.getByTestId("part-image:library/hello-world");
  const lessons = dialog.getByTestId("part-lessons");
  await hello.getByRole("checkbox").check(PATIENCE);
  await lessons.getByRole("checkbox").check();
  await dialog.getByRole("button", { name: /^(?:下载|继续下载)$/ }).click();
  await expect(hello).toContainText("已就绪", PATIENCE);
  await expect(lessons).toContainText("已就绪", PATIENCE);
  await dialog.getByRole("button", { name: "校验" }).click();
  await expect(state).toContainText("全部正确", PATIENCE);
  await page.reload();
  await expect(hello.getByRole("checkbox")).toBeChecked(PATIENCE);
  await hello.getByRole("button", { name: /删除/ }).click();
  await expect(hello).not.toContainText("已就绪", PATIENCE);
  await expect(hello.getByRole("checkbox")).not.toBeChecked();
});

test("what the browser has removed is told, and comes back with the network", async () => {
  await visit("&open=offline");
  const machine = page.getByTestId("part-machine");
  await expect(machine).toContainText("已就绪", PATIENCE);
  await page.evaluate(async () => {
    const name = (await caches.keys()).find((each) => each.startsWith("drydock-chunks-")) ?? "";
    const cache = await caches.open(name);
    for (const [index, key] of (await cache.keys()).entries()) if (index % 2 === 0) await cache.delete(key);
  });
  await cut();
  await visit();
  const choice = page.getByTestId("start-choice");
  const failure = page.getByTestId("failure");
  await expect(choice.or(failure).first()).toBeVisible(PATIENCE);
  if (await choice.isVisible()) await choice.getByRole("button", { name: /全新/ }).click();
  await expect(failure).toHaveAttribute("data-code", "network", PATIENCE);
  await expect(page.getByTestId("failure-ways")).toContainText("被浏览器清理掉了", PATIENCE);
  await connect();
  await playground.waitReady();

  await page.evaluate(async () => {
    for (const name of await caches.keys()) if (name.startsWith("drydock-shell-")) await caches.delete(name);
  });
  await cut();
  await page.reload();
  await expect(page.locator("body")).toContainText("页面的文件不在了");
  await connect();
  await page.getByRole("link", { name: "重试" }).click();
  await begin();
});
