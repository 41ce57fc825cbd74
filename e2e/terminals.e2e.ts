/** Several terminals at once; much input, much output; nothing lost and nothing frozen. */
import { createHash } from "node:crypto";
import { expect, type Page } from "@playwright/test";
import { PATIENCE, type Playground } from "./playground";
import { leaveClean, openTerminals, test } from "./shared-machine";

test.describe.configure({ mode: "serial" });

let page: Page;
let playground: Playground;

test.beforeAll(({ shared }) => {
  ({ playground } = shared);
  ({ page } = playground);
});

test.afterAll(() => leaveClean(playground));

test("one terminal follows logs while two others work", async () => {
  await playground.run(
    "docker run -d --name ticker busybox sh -c 'i=0; while :; do echo tick $((i+=1)); sleep 1; done'",
  );
  await playground.focus();
  await playground.typeLine("clear; docker logs -f ticker");
  await playground.waitForText(/tick 3/);
  await openTerminals(playground, 3);
  await page.getByRole("tab").nth(1).click();
  expect((await playground.run("tty; echo two", 1)).screen).toContain("/dev/hvc1");
  await page.getByRole("tab").nth(2).click();
  expect((await playground.run("tty; docker ps -q | wc -l", 2)).screen).toMatch(/\/dev\/hvc2\s+1\s/);
  await page.getByRole("tab").first().click();
  const seen = await playground.waitForText(/tick \d+/);
  const last = Number(/tick (\d+)\s*$/.exec(seen.trimEnd())?.[1]);
  await playground.waitForText(new RegExp(`tick ${last + 3}$`, "m"));
  const ticks = [...(await playground.screen()).matchAll(/^tick (\d+)$/gm)].map((match) => Number(match[1]));
  expect(ticks.every((tick, index) => index === 0 || tick === (ticks[index - 1] ?? 0) + 1)).toBe(true);
  await page.keyboard.press("Control+c");
  await playground.waitForText(/root@drydock:~#$/m);
  expect((await playground.run("docker rm -f ticker")).status).toBe(0);
});

test("resizing the window reaches the guest", async () => {
  const size = async (): Promise<string | undefined> =>
    /^(\d+ \d+)$/m.exec((await playground.run("stty size")).screen)?.[1];
  const before = await size();
  await page.setViewportSize({ width: 900, height: 600 });
  await expect.poll(size, PATIENCE).not.toBe(before);
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect.poll(size, PATIENCE).toBe(before);
});

test("1 MB pasted into cat arrives whole", async () => {
  let text = "";
  for (let line = 0; text.length < 1_000_000; line++) {
    text += `${line} ${createHash("sha256").update(String(line)).digest("hex")} 船坞\n`;
  }
  const digest = createHash("sha256").update(text).digest("hex");
  await playground.run("true");
  await playground.typeLine(`clear; stty -echo; echo "be"gin; cat > pasted; stty echo; sha256sum pasted`);
  await playground.waitForText(/^begin$/m);
  await page.evaluate((content) => navigator.clipboard.writeText(content), text);
  await page.keyboard.press("Control+Shift+V");
  await expect(page.getByTestId("paste")).toBeVisible();
  await expect(page.getByTestId("paste")).toBeHidden(PATIENCE);
  await playground.focus();
  await page.keyboard.press("Control+d");
  expect(await playground.waitForText(/[0-9a-f]{64} {2}pasted/)).toContain(digest);
});

test("20 MB of output does not freeze the page, and all of it comes", async () => {
  await page.evaluate(() => {
    const gaps = { longest: 0, last: performance.now() };
    Object.assign(window, { gaps });
    const tick = (): void => {
      const now = performance.now();
      gaps.longest = Math.max(gaps.longest, now - gaps.last);
      gaps.last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  // The numbers up to here are 20,000,000 bytes.
  const patience = { timeout: 900_000 };
  test.setTimeout(2 * patience.timeout);
  const { status, screen } = await playground.run("seq 1 2638888", 0, patience);
  expect(status).toBe(0);
  expect(screen).toMatch(/\n2638887\s*\n2638888\s*\n/);
  const longest = await page.evaluate(
    () => (window as unknown as { gaps: { longest: number } }).gaps.longest,
  );
  console.log(`longest gap between two frames during 20 MB of output: ${longest.toFixed(0)} ms`);
});

test("an input method's text arrives after the keyboard has left the terminal and come back", async () => {
  await page.getByRole("tab").first().click();
  await playground.focus();
  await page.keyboard.press("Control+Shift+Enter");
  await expect(page.getByRole("tab").first()).toBeFocused();
  expect((await playground.run("echo 回来了")).screen).toMatch(/^回来了$/m);
});
