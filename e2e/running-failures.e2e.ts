/** What can go wrong while the machine runs. */
import { expect, type Page, test } from "@playwright/test";
import { PATIENCE, Playground } from "./playground";

const CHUNKS = "**/guest/chunks/*";

// The machine that has got over a disk block is then the one whose worker dies.
test.describe.configure({ mode: "serial" });

let page: Page;
let playground: Playground;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  playground = await Playground.open(page);
});

test.afterAll(async () => {
  await page.close();
});

test("a disk block that cannot be had holds the guest, and a retry lets it go on", async () => {
  await page.route(CHUNKS, (route) => route.fulfill({ status: 404, body: "" }));
  await playground.focus();
  // Not among the everyday commands, so not fetched in the background.
  await playground.typeLine(
    "clear; sha256sum /usr/bin/perl /usr/sbin/xtables-nft-multi >/dev/null; printf 'over %s\\n' $?",
  );
  await expect(page.getByTestId("disk-fault")).toBeVisible(PATIENCE);
  await expect(page.getByTestId("disk-fault")).toContainText(/[0-9a-f]{12}/);
  await page.unrouteAll();
  await page.getByTestId("disk-fault").getByRole("button").click();
  await playground.waitForText(/^over 0$/m);
  await expect(page.getByTestId("disk-fault")).toBeHidden(PATIENCE);
});

test("a worker that dies is noticed, and a new machine can be had", async () => {
  const [worker] = page.workers().filter((each) => each.url().includes("/assets/main"));
  if (worker === undefined) throw new Error("the machine's worker is not among the page's workers");
  await worker.evaluate(() => {
    globalThis.close();
  });
  await expect(page.getByTestId("failure")).toHaveAttribute("data-code", "worker-died", PATIENCE);
  await page.getByTestId("failure").getByRole("button", { name: "启动一台新机器" }).click();
  await playground.waitReady();
});
