/** Work that is still there: after a reload, in another browser, beside another tab, and when there is no room. */
import AxeBuilder from "@axe-core/playwright";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { PATIENCE, Playground } from "./playground";

test.describe.configure({ mode: "serial" });

let context: BrowserContext;
let page: Page;
let playground: Playground;
/** The machine as a file. */
let file: string;

test.beforeAll(async ({ browser }) => {
  context = await browser.newContext({ acceptDownloads: true });
  page = await context.newPage();
  playground = await Playground.open(page);
});

test.afterAll(async () => {
  await context.close();
});

const inPreview = (): ReturnType<Page["locator"]> => page.frameLocator("iframe:not([hidden])").locator("h1");

async function openShelf(on: Page = page): Promise<void> {
  await on.getByTestId("save-state").click();
  await on.getByRole("button", { name: /保存的机器…|腾出空间/ }).click();
}

async function closeDialog(on: Page = page): Promise<void> {
  await on.getByRole("button", { name: "完成" }).click();
}

async function expectAccessible(): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).exclude(".xterm").analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

test("a container at work, a project and its page go on after a reload", async () => {
  const compose = [
    "services:",
    "  web:",
    "    image: busybox",
    "    command: httpd -f -p 80 -h /www",
    "    ports: ['8080:80']",
    "    volumes: ['./www:/www']",
    "",
  ].join("\\n");
  const make = `mkdir -p shop/www && cd shop && echo '<h1>kept</h1>' >www/index.html && printf "${compose}" >compose.yaml`;
  expect((await playground.run(make)).status).toBe(0);
  expect((await playground.run("docker compose up -d")).status).toBe(0);
  await page
    .getByTestId("port-notice")
    .getByRole("button", { name: /localhost/ })
    .click(PATIENCE);
  await expect(inPreview()).toHaveText("kept", PATIENCE);
  await page.getByRole("button", { name: "新建终端" }).click();
  await playground.waitForText(/root@drydock:~#$/m, 1);
  await playground.focus(1);
  await playground.typeLine("docker run -it busybox sh");
  await playground.waitForText(/^\/ #$/m, 1);
  await playground.typeLine("word=remembered; echo typed before");
  await playground.waitForText(/^typed before$/m, 1);
  await playground.save();
  const save = page.getByTestId("save-state");
  await expect(save).toHaveAttribute("data-kind", "saved");
  console.log(`the guest stood still for ${(await save.getAttribute("data-hold")) ?? "?"} ms`);

  await page.reload();
  const choice = page.getByTestId("start-choice");
  await expect(choice).toContainText("typed before", PATIENCE);
  await expectAccessible();
  const began = Date.now();
  await playground.goOn();
  console.log(`going on took ${((Date.now() - began) / 1000).toFixed(1)} s`);
  // The second terminal is in front, as it was, with what it showed.
  await playground.waitForText(/^typed before$/m, 1);
  await playground.focus(1);
  await playground.typeLine("echo $word here");
  await playground.waitForText(/^remembered here$/m, 1);
  await expect(inPreview()).toHaveText("kept", PATIENCE);
  await page.getByRole("tab").first().click();
  const ps = await playground.run("docker compose ps --format '{{.Service}} {{.State}}'");
  expect(ps.screen).toMatch(/^web running$/m);
  const curl = await playground.run("curl -s localhost:8080; echo now:$(date +%s)");
  expect(curl.screen).toContain("<h1>kept</h1>");
  const guest = Number(/now:(\d{10})/.exec(curl.screen)?.[1]);
  expect(Math.abs(guest - Date.now() / 1000)).toBeLessThan(60);
});

test("what was done is undone by a restore point, and that as well", async () => {
  await playground.run("echo first >~/note");
  await page.getByTestId("save-state").click();
  await expectAccessible();
  await page.getByRole("button", { name: "留一个还原点" }).click();
  await expect(page.getByTestId("restore-point")).toHaveCount(1, PATIENCE);
  await page.keyboard.press("Escape");
  await playground.run("echo second >~/note");
  await page.getByTestId("save-state").click();
  await page.locator('[data-testid="restore-point"][data-kind="command"]').getByRole("button").click();
  await expect(page.locator('[data-testid="restore-point"][data-kind="jump"]')).toHaveCount(1, PATIENCE);
  await expectAtRest();
  expect((await playground.run("cat ~/note")).screen).toMatch(/^first$/m);
  await page.getByTestId("save-state").click();
  await page.locator('[data-testid="restore-point"][data-kind="jump"]').getByRole("button").click();
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-busy", "leaving", PATIENCE);
  await expectAtRest();
  expect((await playground.run("cat ~/note")).screen).toMatch(/^second$/m);
});

/** No restore point is being left or gone back to. */
async function expectAtRest(): Promise<void> {
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-busy", "no", PATIENCE);
}

test("a machine is named and written to a file", async () => {
  await openShelf();
  await expectAccessible();
  const own = page.locator('[data-testid="saved-session"][data-own="true"]');
  await own.getByRole("button", { name: /改名/ }).click();
  await page.getByRole("textbox", { name: "名字" }).fill("我的小店");
  await page.keyboard.press("Enter");
  await expect(own).toContainText("我的小店", PATIENCE);
  const [download] = await Promise.all([
    page.waitForEvent("download", PATIENCE),
    own.getByRole("button", { name: /导出/ }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("我的小店.drydock");
  file = test.info().outputPath("machine.drydock");
  await download.saveAs(file);
  await closeDialog();
});

test("a second tab is told that the machine is in use, and takes it over", async () => {
  const other = await context.newPage();
  const second = new Playground(other);
  await second.visit();
  const choice = other.getByTestId("start-choice");
  await expect(choice).toContainText("另一个标签页正在使用它", PATIENCE);
  await choice.getByRole("button", { name: "接管过来继续" }).first().click();
  await expect(other.getByTestId("status")).toHaveAttribute("data-kind", "ready", PATIENCE);
  expect((await second.run("cat ~/note")).screen).toMatch(/^second$/m);
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-kind", "taken", PATIENCE);
  await expect(page.getByTestId("session-banner")).toHaveAttribute("data-kind", "taken");
  expect((await playground.run("true")).status).toBe(0);
  await page.close({ runBeforeUnload: false });
  page = other;
  playground = second;
});

test("a browser without room says so, keeps the save before, and saves again when there is room", async () => {
  const client = await context.newCDPSession(page);
  const { origin } = new URL(page.url());
  await playground.save();
  const { usage } = await client.send("Storage.getUsageAndQuota", { origin });
  await client.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: usage + 2_000_000 });
  expect((await playground.run("head -c 20000000 /dev/urandom >noise; sync")).status).toBe(0);
  await page.keyboard.press("Control+Shift+S");
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-kind", "failed", PATIENCE);
  await expect(page.getByTestId("session-banner")).toContainText("没有空间了");
  expect((await playground.run("docker ps")).status).toBe(0);
  const warned = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const dialog = await warned;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await client.send("Storage.overrideQuotaForOrigin", { origin });
  await playground.save();
  await expect(page.getByTestId("save-state")).toHaveAttribute("data-kind", "saved");
});

test("the file goes on in a browser that has never been here, and a damaged one is refused", async ({
  browser,
}) => {
  await context.close();
  context = await browser.newContext();
  page = await context.newPage();
  playground = await Playground.open(page);
  await openShelf();
  const input = page.getByTestId("import-file");
  await input.setInputFiles({ name: "x.drydock", mimeType: "", buffer: Buffer.from("no machine at all") });
  await expect(page.getByTestId("shelf-failure")).toHaveAttribute("data-code", "bad-save", PATIENCE);
  await input.setInputFiles(file);
  const row = page.getByTestId("saved-session").filter({ hasText: "我的小店" });
  await row.getByRole("button", { name: /打开/ }).click(PATIENCE);
  await expect(page.getByTestId("status")).toHaveAttribute("data-kind", "ready", PATIENCE);
  await expect.poll(async () => (await playground.run("cat ~/note")).screen, PATIENCE).toMatch(/^second$/m);
  const run = await playground.run("docker run --rm busybox echo it runs");
  expect(run.screen).toMatch(/^it runs$/m);
});
