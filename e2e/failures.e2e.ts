/** Everything that can go wrong has its own message and a way on, and the guest never sees a wrong byte. */
import { chromium, expect, type Page, type Route, test } from "@playwright/test";
import { PATIENCE, Playground } from "./playground";

interface Manifest {
  readonly blocks: { readonly chunks: readonly { readonly sha256: string }[]; readonly ramChunks: number };
}

const CHUNKS = "**/guest/chunks/*";
const MANIFEST = "**/guest/manifest.json";

/** Chunks that every start needs, one for each kind of damage. */
async function someRamChunks(page: Page, count: number): Promise<string[]> {
  const manifest = (await (await page.request.get("./guest/manifest.json")).json()) as Manifest;
  const { chunks, ramChunks } = manifest.blocks;
  return Array.from({ length: count }, (_, index) => {
    const chunk = chunks[Math.floor(((index + 1) * ramChunks) / (count + 1))];
    if (chunk === undefined) throw new Error("the manifest has too few RAM chunks");
    return chunk.sha256;
  });
}

async function expectFailure(page: Page, code: string): Promise<void> {
  await expect(page.getByTestId("failure")).toHaveAttribute("data-code", code, PATIENCE);
}

const DAMAGE: Record<string, (route: Route) => Promise<void>> = {
  missing: (route) => route.fulfill({ status: 404, body: "not found" }),
  truncated: async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.body()).subarray(0, 1000) });
  },
  altered: async (route) => {
    const response = await route.fetch();
    const body = Buffer.from(await response.body());
    body[500] = (body[500] ?? 0) ^ 1;
    await route.fulfill({ response, body });
  },
};

test("chunks that are missing, truncated or altered are retried, named one by one, and a button tries again", async ({
  page,
}) => {
  const spoils = Object.values(DAMAGE);
  const names = await someRamChunks(page, spoils.length);
  /** Of the present attempt. */
  const requests = new Map<string, number>();
  const broken = new Set(names);
  for (const [index, spoil] of spoils.entries()) {
    const name = names[index] ?? "";
    await page.route(`**/guest/chunks/${name}`, (route) => {
      requests.set(name, (requests.get(name) ?? 0) + 1);
      return broken.has(name) ? spoil(route) : route.continue();
    });
  }
  const playground = new Playground(page);
  await playground.visit();
  const subject = page.getByTestId("failure-subject");
  const named = async (): Promise<string | undefined> => {
    const text = (await subject.isVisible()) ? ((await subject.textContent()) ?? "") : "";
    return [...broken].find((name) => text.includes(name.slice(0, 12)));
  };
  // Which is named first is the network's affair; each is mended when it has been, and the next one is then in the way.
  while (broken.size > 0) {
    await expect.poll(named, PATIENCE).toBeDefined();
    await expectFailure(page, "bad-chunk");
    const name = (await named()) ?? "";
    expect(requests.get(name)).toBeGreaterThan(1);
    broken.delete(name);
    requests.clear();
    await page.getByTestId("failure").getByRole("button").first().click();
  }
  await playground.waitReady();
  expect((await playground.run("docker ps")).status).toBe(0);
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("a network that goes away while loading is resumed when it is back", async ({ page, context }) => {
  let passed = 0;
  await page.route(CHUNKS, async (route) => {
    passed++;
    if (passed === 40) await context.setOffline(true);
    if (passed >= 40) return route.abort("internetdisconnected");
    return route.continue();
  });
  const playground = new Playground(page);
  await playground.visit();
  await expectFailure(page, "network");
  await page.unrouteAll();
  const fetched: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/guest/chunks/")) fetched.push(request.url());
  });
  await context.setOffline(false);
  await playground.waitReady();
  // What had arrived before was not fetched again.
  const manifest = (await (await page.request.get("./guest/manifest.json")).json()) as Manifest;
  expect(fetched.length).toBeGreaterThan(0);
  expect(new Set(fetched).size).toBeLessThan(manifest.blocks.chunks.length);
});

test("a manifest of another version asks for a reload", async ({ page }) => {
  await page.route(MANIFEST, (route) => route.fulfill({ json: { format: 99 } }));
  await page.goto("./");
  await expectFailure(page, "version-mismatch");
  await page.unrouteAll();
  await page.getByTestId("failure").getByRole("button").first().click();
  await expect(page.getByTestId("status")).toHaveAttribute("data-kind", "ready", PATIENCE);
});

test("a manifest that is not one is said to be broken", async ({ page }) => {
  await page.route(MANIFEST, (route) =>
    route.fulfill({ body: "<html>sign in to the hotel's network</html>" }),
  );
  await page.goto("./");
  await expectFailure(page, "bad-manifest");
});

test("a browser without WebAssembly is told so", async ({ page }) => {
  await page.addInitScript(() => {
    Reflect.deleteProperty(globalThis, "WebAssembly");
  });
  await page.goto("./");
  await expectFailure(page, "no-webassembly");
});

test("a page over plain HTTP says that it needs HTTPS", async ({ page, baseURL }) => {
  // A name that is not this computer's, answered by the site under test.
  await page.route("http://drydock.example/**", async (route) => {
    const here = new URL(new URL(route.request().url()).pathname, baseURL);
    await route.fulfill({ response: await route.fetch({ url: here.href }) });
  });
  await page.goto("http://drydock.example/");
  await expectFailure(page, "insecure-origin");
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("too little memory has its own page", async ({ baseURL }, { project }) => {
  const options = project.use.launchOptions ?? {};
  // 256 MiB of WebAssembly memory at the most.
  const browser = await chromium.launch({
    ...options,
    args: [...(options.args ?? []), "--js-flags=--wasm-max-mem-pages=4096"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(baseURL ?? "");
    await expectFailure(page, "out-of-memory");
  } finally {
    await browser.close();
  }
});
