/** A page of a container in the preview: what a person sees of it, and the ways to it. */
import { expect, type FrameLocator, type Page } from "@playwright/test";
import { PATIENCE, type Playground } from "./playground";
import { serveSite } from "./preview-site";
import { leaveClean, test } from "./shared-machine";

test.describe.configure({ mode: "serial" });

let page: Page;
let playground: Playground;

test.beforeAll(({ shared }) => {
  ({ playground } = shared);
  ({ page } = playground);
});

test.afterAll(() => leaveClean(playground));

const shown = (): FrameLocator => page.frameLocator("iframe:not([hidden])");
const address = () => page.getByRole("textbox", { name: /网址|Address/ });

async function goTo(text: string): Promise<void> {
  await address().fill(text);
  await address().press("Enter");
}

// A page that has shown nothing yet; no machine is waited for.
test("the empty preview says how to get something to see", async ({ page }) => {
  await page.goto("./");
  await page.getByRole("button", { name: "预览", exact: true }).click();
  await expect(page.getByTestId("preview")).toHaveAttribute("data-view", "empty");
  await expect(page.getByTestId("preview")).toContainText("docker run -d -p 80:80 nginx");
  await page.getByTestId("preview").getByRole("button", { name: "关闭预览" }).click();
  await expect(page.getByTestId("preview")).toBeHidden();
});

test("a port that nobody listens on has a page of its own, which comes to life with the port", async () => {
  await page.getByRole("button", { name: "预览", exact: true }).click();
  await goTo("localhost:8080");
  const failure = page.getByTestId("preview-failure");
  await expect(failure).toHaveAttribute("data-failure", "refused", PATIENCE);
  await expect(failure).toContainText("端口 8080 上还没有程序在监听");
  await failure.getByRole("button", { name: "重试" }).click();
  await expect(failure).toHaveAttribute("data-failure", "refused", PATIENCE);
  await goTo("https://localhost");
  await expect(page.getByRole("alert")).toContainText("http");
  await goTo("example.com");
  await expect(page.getByRole("alert")).toContainText("example.com");
  await goTo("8080");
  await expect(failure).toHaveAttribute("data-failure", "refused", PATIENCE);
  test.setTimeout(600_000);
  await serveSite(playground);
  await expect(shown().getByRole("heading", { name: "Hello from busybox" })).toBeVisible(PATIENCE);
  await page.getByTestId("preview").getByRole("button", { name: "关闭预览" }).click();
});

test("a newly published port is told of, and its notice leads to its page", async () => {
  await playground.run("docker run -d --name other -p 8081:80 busybox httpd -f -p 80 -h /etc");
  const notice = page.getByTestId("port-notice");
  await expect(notice).toContainText("8081", PATIENCE);
  await notice.getByRole("button", { name: "打开 localhost:8081" }).click();
  const chips = page.getByTestId("ports").getByRole("button");
  await expect(chips).toHaveText([/8080\s*site/, /8081\s*other/]);
  await goTo("localhost:8081/hostname");
  await expect(shown().locator("body")).toContainText(/[0-9a-f]{12}/, PATIENCE);
  await playground.run("docker rm -f other");
  await expect(chips).toHaveText([/8080\s*site/], PATIENCE);
});

test("a page comes with its styles, scripts, modules, pictures and fetches", async () => {
  await page.getByTestId("ports").getByRole("button", { name: /8080/ }).click();
  const frame = shown();
  await expect(frame.locator("h1")).toHaveText("Hello from busybox", PATIENCE);
  await expect(frame.locator("h1")).toHaveCSS("color", "rgb(0, 128, 0)");
  await expect(frame.locator("h1")).toHaveCSS("background-image", /^url\("blob:/);
  await expect(frame.locator("body")).toHaveCSS("font-family", "monospace");
  await expect(frame.locator("#early")).toHaveText("early script");
  await expect(frame.locator("#module")).toHaveText("module at /js/deep/greet.js");
  await expect(frame.locator("#fetched")).toHaveText("fetched from the guest", PATIENCE);
  await expect(frame.locator("#xhr")).toHaveText("200 fetched from the guest", PATIENCE);
  for (const id of ["picture", "made-picture"]) {
    await expect
      .poll(() => frame.locator(`#${id}`).evaluate((image: HTMLImageElement) => image.naturalWidth), PATIENCE)
      .toBe(2);
  }
  await expect(address()).toHaveValue("http://localhost:8080/");
});

test("links, fragments, history, and a script's own navigation", async () => {
  const frame = shown();
  await frame.getByRole("link", { name: "second page" }).click();
  await expect(frame.locator("h1")).toHaveText("Second page", PATIENCE);
  await expect(frame.locator("#where")).toHaveText("/second.html");
  await expect(frame.locator("#kept")).toHaveText(/visits [1-9]\d*, .*page=index/);
  await expect(address()).toHaveValue("http://localhost:8080/second.html");
  await page.getByRole("button", { name: "后退" }).click();
  await expect(frame.locator("h1")).toHaveText("Hello from busybox", PATIENCE);
  await page.getByRole("button", { name: "前进" }).click();
  await expect(frame.locator("h1")).toHaveText("Second page", PATIENCE);
  await frame.getByRole("link", { name: "back home" }).click();
  await frame.getByRole("link", { name: "to the bottom" }).click();
  await expect(frame.locator("#bottom")).toBeInViewport();
  await expect(address()).toHaveValue("http://localhost:8080/#bottom");
  await page.getByRole("button", { name: "后退" }).click();
  await expect(address()).toHaveValue("http://localhost:8080/");
  await expect(frame.locator("h1")).toHaveText("Hello from busybox");
  await frame.getByRole("button", { name: "go", exact: true }).click();
  await expect(frame.locator("#where")).toHaveText("/second.html?by=script", PATIENCE);
  await expect(address()).toHaveValue("http://localhost:8080/second.html?by=script");
});

test("forms, redirects and cookies", async () => {
  const frame = shown();
  await goTo("8080");
  await frame.getByRole("button", { name: "get", exact: true }).click();
  await expect(frame.locator("pre")).toContainText(`GET word=${encodeURIComponent("船坞")}`, PATIENCE);
  await goTo("8080");
  await frame.getByRole("button", { name: "post", exact: true }).click();
  await expect(frame.locator("pre")).toContainText("POST", PATIENCE);
  await expect(frame.locator("pre")).toContainText("word=a+b%26c");
  await expect(frame.locator("pre")).toContainText(
    /cookie: .*seen=yes.*hidden=1|cookie: .*hidden=1.*seen=yes/,
  );
  await goTo("localhost:8080/cgi-bin/away");
  await expect(frame.locator("#where")).toHaveText("/second.html?redirected", PATIENCE);
  await expect(frame.locator("#kept")).toContainText("seen=yes");
  await expect(frame.locator("#kept")).not.toContainText("hidden");
  await expect(address()).toHaveValue("http://localhost:8080/second.html?redirected");
  await goTo("localhost:8080/nothing-here");
  await expect(frame.locator("body")).toContainText("404", PATIENCE);
});

test("a link out of the machine is named, not followed", async () => {
  await goTo("8080");
  await shown().getByRole("link", { name: "outside" }).click();
  await expect(page.getByTestId("preview")).toContainText("https://example.com/x 在互联网上");
});

test("an address in the terminal opens in the preview", async () => {
  await page.getByTestId("preview").getByRole("button", { name: "关闭预览" }).click();
  await playground.run("echo; echo http://localhost:8080/second.html; echo");
  const row = page.getByTestId("terminal-0").locator(".xterm-rows > div", { hasText: /^http:\/\/localhost/ });
  const box = await row.first().boundingBox();
  if (box === null) throw new Error("the link is not on the screen");
  await page.mouse.move(box.x + 20, box.y + box.height / 2);
  await page.mouse.move(box.x + 40, box.y + box.height / 2);
  await page.mouse.click(box.x + 40, box.y + box.height / 2);
  await expect(shown().locator("h1")).toHaveText("Second page", PATIENCE);
});

test("a container that stops takes its port along", async () => {
  expect((await playground.run("docker rm -f site")).status).toBe(0);
  await expect(page.getByTestId("ports")).toBeHidden(PATIENCE);
  await page.getByRole("button", { name: "重新加载" }).click();
  await expect(page.getByTestId("preview-failure")).toHaveAttribute("data-failure", "refused", PATIENCE);
});
