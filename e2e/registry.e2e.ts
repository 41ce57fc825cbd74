/** The registries of the page: what is pushed outlives the page, and a browser without room says so. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, expect, type Page, test } from "@playwright/test";
import { PATIENCE, Playground } from "./playground";

test.describe.configure({ mode: "serial" });

const IMAGE = "registry.drydock.local:5000/team/app:1.0";

let profile: string;
let context: BrowserContext;
let page: Page;
let playground: Playground;

test.beforeAll(async ({ baseURL }, { project }) => {
  // A profile on disk: in a private one Chromium holds files in memory, and counts them against no quota.
  profile = await mkdtemp(join(tmpdir(), "drydock-profile-"));
  const { launchOptions, locale, viewport } = project.use;
  context = await chromium.launchPersistentContext(profile, {
    ...launchOptions,
    baseURL,
    locale,
    viewport: viewport ?? null,
  });
  page = await context.newPage();
  playground = await Playground.open(page);
});

test.afterAll(async () => {
  await context.close();
  await rm(profile, { recursive: true, maxRetries: 10 });
});

test("what is pushed is there after a reload, in a clean machine", async () => {
  const push = await playground.run(`docker tag hello-world ${IMAGE} && docker push ${IMAGE} | tail -1`);
  expect(push.status).toBe(0);
  expect(push.screen).toContain("digest: sha256:");
  await playground.save();
  await page.reload();
  // The images are not in the machine, but in the registry.
  await playground.startClean();
  const pull = await playground.run(`docker image inspect ${IMAGE} >/dev/null 2>&1 || docker pull ${IMAGE}`);
  expect(pull.status).toBe(0);
  expect(pull.screen).toContain(`Status: Downloaded newer image for ${IMAGE}`);
});

test("docker login, search and push to Docker Hub go over TLS", async () => {
  const login = await playground.run("echo secret | docker login -u bob --password-stdin");
  expect(login.screen).toContain("Login Succeeded");
  const push = await playground.run(
    "docker tag hello-world bob/app:1.0 && docker push bob/app:1.0 | tail -1",
  );
  expect(push.status).toBe(0);
  expect(push.screen).toContain("1.0: digest: sha256:");
});

test("a full browser is named in the terminal and on the page, and room can be made", async () => {
  const session = await context.newCDPSession(page);
  const { origin } = new URL(page.url());
  const own = "registry.drydock.local:5000/large";
  await playground.run(
    `head -c 6000000 /dev/urandom >noise; tar -c noise | docker import - ${own} >/dev/null`,
  );
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1_000_000 });
  const full = await playground.run(`docker push ${own} 2>&1 | tail -3`);
  expect(full.screen).toContain("no space left on device");
  const banner = page.getByTestId("registry-failure");
  await expect(banner).toContainText("镜像仓库没有空间了", PATIENCE);
  await session.send("Storage.overrideQuotaForOrigin", { origin });
  await banner.getByRole("button", { name: "删除我推送过的全部镜像" }).click();
  await expect(banner).toBeHidden();
  const gone = await playground.run(`docker pull ${IMAGE} 2>&1 | tail -1`);
  expect(gone.screen).toContain("not found");
  const push = await playground.run(`docker push ${own} | tail -1`);
  expect(push.screen).toContain("digest: sha256:");
});
