/**
 * A hostile page in the machine tries to get at the app that shows it, and at the network: by the ways that the frame's
 * program gives pages, by the browser's own ones underneath, and from a frame inside its own.
 */
import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { hostilePage } from "./hostile-page";
import { PATIENCE, Playground } from "./playground";
import { putSite } from "./preview-site";

const SECRET = "the-app-s-own-secret";

test.describe.configure({ mode: "serial" });

let page: Page;
let playground: Playground;
const asked: string[] = [];

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  playground = await Playground.open(page);
  await page.context().addCookies([{ name: "app", value: SECRET, url: page.url() }]);
  await page.evaluate(async (secret) => {
    localStorage.setItem("secret", secret);
    sessionStorage.setItem("secret", secret);
    await new Promise((resolve, reject) => {
      const open = indexedDB.open("secret");
      open.onsuccess = resolve;
      open.onerror = reject;
    });
    await (await caches.open(secret)).put("/secret", new Response(secret));
    await (await navigator.storage.getDirectory()).getFileHandle(secret, { create: true });
  }, SECRET);
  await putSite(playground, { "hostile.html": hostilePage(new URL(page.url()).origin) });
  await playground.run(
    "docker run -d --name hostile -p 80:80 -v /root/site:/www busybox httpd -f -p 80 -h /www",
  );
  // Of what the browser itself forbids there is a request, too, but never an answer.
  page.context().on("response", (response) => asked.push(response.url()));
});

test.afterAll(async () => {
  await page.close();
});

async function results(id: string): Promise<Record<string, string>> {
  const pre = page.frameLocator("iframe:not([hidden])").locator(`#${id}`);
  await expect(pre).toContainText("origin", PATIENCE);
  return JSON.parse((await pre.textContent()) ?? "") as Record<string, string>;
}

/** What every attempt must come to, whoever makes it. */
function expectNothingGot(got: Record<string, string>): void {
  expect(JSON.stringify(got)).not.toContain(SECRET);
  expect(got["origin"]).toBe("null");
  for (const name of [
    "nativeCookie",
    "indexedDb",
    "databases",
    "opfs",
    "parentDocument",
    "parentStorage",
    "parentAddress",
    "topDocument",
    "topNavigation",
    "topReplace",
    "fetchAsset",
    "xhr",
    "image",
    "script",
    "socket",
    "internet",
    "internetShim",
    "worker",
  ])
    expect(`${name}: ${got[name] ?? ""}`).toMatch(/: ! \w+/);
  expect(got["popup"]).toBe("null");
  expect(got["opener"]).toBe("null");
  expect(got["frameElement"]).toMatch(/null|!/);
  expect(got["blobWorker"]).toBe("NetworkError");
  expect(got["serviceWorker"]).toMatch(/^(?:nothing|! \w+)$/);
  expect(got["caches"]).toMatch(/^(?:nothing|! \w+)$/);
}

test("a hostile page gets nothing of the app, its storage, its cookies or the network", async () => {
  await page.getByRole("button", { name: "预览", exact: true }).click();
  await page.getByRole("textbox", { name: "网址" }).fill("localhost/hostile.html");
  asked.length = 0;
  await page.getByRole("textbox", { name: "网址" }).press("Enter");
  const outer = await results("outer");
  expectNothingGot({
    ...outer,
    nativeCookie: outer["nativeCookie"] ?? "",
    fetchAsset: "! replaced by shims",
    xhr: "! replaced by shims",
  });
  // The frame's own program answers these: out of the machine, and never out of the app's site.
  expect(outer["localStorage"]).toBe("nothing");
  expect(outer["cookie"]).toBe("");
  expect(outer["shimFetch"]).toBe("404 from the guest");
  expect(outer["fetchIndex"]).toMatch(/404/);
  expect(outer["rtc"]).toBe("undefined");
});

test("nor does a frame of its own, where nothing is patched", async () => {
  const inner = await results("inner");
  expectNothingGot({ ...inner, internetShim: inner["internet"] ?? "" });
  expect(inner["localStorage"]).toMatch(/^!/);
  expect(inner["fetchIndex"]).toMatch(/^!/);
});

test("nothing was asked of any network, and the app is as it was", async () => {
  const network = asked.filter((url) => /^(?:https?|wss?):/u.test(url));
  expect(
    network.filter((url) => !url.endsWith("/preview-frame.html") && !url.includes("/guest/chunks/")),
  ).toEqual([]);
  await expect(page.getByTestId("status")).toHaveAttribute("data-kind", "ready");
  expect(new URL(page.url()).pathname).toBe("/");
  expect(page.context().pages()).toHaveLength(1);
  // The app's own service worker, and no other.
  const workers = await page.evaluate(async () =>
    (await navigator.serviceWorker.getRegistrations()).map(
      ({ active, waiting, installing }) => (active ?? waiting ?? installing)?.scriptURL,
    ),
  );
  expect(workers).toEqual([new URL("sw.js", page.url()).href]);
  await expect(page.getByRole("textbox", { name: "网址" })).toHaveValue("http://localhost/hostile.html");
});

test("a page that goes where it may not is brought back, and asks nobody on its way", async () => {
  await putSite(playground, {
    "away.html":
      "<h1>away</h1><script>setTimeout(() => { location.href = 'https://example.com/evil'; }, 500)</script>",
    "loop.html": "<h1>loop</h1><script>setTimeout(() => { for (;;); }, 300)</script>",
  });
  asked.length = 0;
  await page.getByRole("textbox", { name: "网址" }).fill("localhost/away.html");
  await page.getByRole("textbox", { name: "网址" }).press("Enter");
  await expect(page.getByTestId("preview")).toContainText("https://example.com 在互联网上", PATIENCE);
  expect(asked.filter((url) => url.includes("example.com"))).toEqual([]);
});

test("a page that never ends does not take the app along", async () => {
  await page.getByRole("textbox", { name: "网址" }).fill("localhost/loop.html");
  await page.getByRole("textbox", { name: "网址" }).press("Enter");
  await expect(page.frameLocator("iframe:not([hidden])").locator("h1")).toHaveText("loop", PATIENCE);
  expect((await playground.run("echo still here")).screen).toContain("still here");
  await page.getByRole("textbox", { name: "网址" }).fill("localhost/nothing.html");
  await page.getByRole("textbox", { name: "网址" }).press("Enter");
  await expect(page.frameLocator("iframe:not([hidden])").locator("body")).toContainText("404", PATIENCE);
});

test("nor does one that begins its loop while the next page loads", async () => {
  await putSite(playground, {
    "soon.html": "<h1>soon</h1><script>setTimeout(() => { for (;;); }, 3000)</script>",
    "cgi-bin/late": "#!/bin/sh\nsleep 6\nprintf 'Content-Type: text/plain\\r\\n\\r\\nlate'\n",
  });
  const address = page.getByRole("textbox", { name: "网址" });
  await address.fill("localhost/soon.html");
  await address.press("Enter");
  await expect(page.frameLocator("iframe:not([hidden])").locator("h1")).toHaveText("soon", PATIENCE);
  await address.fill("localhost/cgi-bin/late");
  await address.press("Enter");
  await expect(page.frameLocator("iframe:not([hidden])").locator("body")).toHaveText("late", PATIENCE);
});

test("the frame's program refuses to work under an origin", async ({ browser }) => {
  // As another host may serve it: without the header that takes its origin away, which a service worker would add.
  const context = await browser.newContext({ serviceWorkers: "block" });
  const bare = await context.newPage();
  await bare.goto(new URL("/", page.url()).href);
  const body = await readFile("dist/preview-frame.html", "utf8");
  await bare.route("**/preview-frame.html", (route) => route.fulfill({ contentType: "text/html", body }));
  const heard = await bare.evaluate(async () => {
    const listen = (
      sandbox: string | undefined,
    ): { frame: HTMLIFrameElement; words: unknown[]; loaded: Promise<void> } => {
      const frame = document.createElement("iframe");
      if (sandbox !== undefined) frame.setAttribute("sandbox", sandbox);
      frame.src = "./preview-frame.html";
      const words: unknown[] = [];
      const loaded = new Promise<void>((resolve) => {
        frame.onload = () => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => words.push(data);
          frame.contentWindow?.postMessage("drydock-preview", "*", [port2]);
          const request = { method: "GET", url: "http://localhost/", headers: [], redirect: "follow" };
          port1.postMessage({ type: "open", request, storage: { local: {}, session: {} } });
          resolve();
        };
      });
      document.body.append(frame);
      return { frame, words, loaded };
    };
    const bare = listen(undefined);
    await bare.loaded;
    const boxed = listen("allow-scripts");
    await boxed.loaded;
    while (boxed.words.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const origins = {
      bare: bare.frame.contentDocument !== null,
      boxed: boxed.frame.contentDocument !== null,
    };
    bare.frame.remove();
    boxed.frame.remove();
    return { bare: bare.words.length, boxed: boxed.words.length, origins };
  });
  expect(heard).toEqual({ bare: 0, boxed: 1, origins: { bare: true, boxed: false } });
  await context.close();
});
