/** The registry over IndexedDB and OPFS, in a worker of a real Chromium. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Worker } from "@playwright/test";
import { build } from "vite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { createPrivateRegistry } from "../hub/profiles";
import type { HttpRequest } from "../http/server/handler";
import type { openRegistryStorage } from "./registry-storage";

const ROOT = join(import.meta.dirname, "../..");
const ENTRY = `
  export { openRegistryStorage } from "${ROOT}/worker/browser/registry-storage.ts";
  export { createPrivateRegistry } from "${ROOT}/worker/hub/profiles.ts";
  export { emptyCatalogue } from "${ROOT}/worker/hub/catalogue/catalogue.ts";
  export { digestOf } from "${ROOT}/worker/hub/digest.ts";
`;

interface Bundle {
  readonly openRegistryStorage: typeof openRegistryStorage;
  readonly createPrivateRegistry: typeof createPrivateRegistry;
  readonly emptyCatalogue: Parameters<typeof createPrivateRegistry>[0]["catalogue"];
  readonly digestOf: (bytes: Uint8Array) => Promise<string>;
}

/** What the worker's own script puts there: a registry, and a short way to talk to it. */
interface Scope extends Bundle {
  readonly ask: (
    method: string,
    path: string,
    text?: string,
  ) => Promise<{ readonly status: number; readonly location: string | null; readonly text: string }>;
  /** How many workers have a folder for what they stage. */
  readonly countStaging: () => Promise<number>;
  /** How many locks are held: one a worker. */
  readonly countLocks: () => Promise<number>;
  readonly registry: ReturnType<typeof createPrivateRegistry>;
  readonly opened: Awaited<ReturnType<typeof openRegistryStorage>>;
}

const WORKER = `
  import * as bundle from "./bundle.js";
  const opened = await bundle.openRegistryStorage();
  const storage = opened;
  const registry = bundle.createPrivateRegistry({ storage, catalogue: bundle.emptyCatalogue, now: () => Date.now() });
  const ask = async (method, path, text) => {
    const body = text === undefined ? null : new Blob([text]).stream();
    const url = "http://registry.test" + path;
    const response = await registry.handle({ method, url, headers: new Headers(), body });
    return { status: response.status, location: response.headers.get("location"), text: await response.text() };
  };
  const countStaging = async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await (await root.getDirectoryHandle("drydock-registry")).getDirectoryHandle("staging");
    let count = 0;
    for await (const name of folder.keys()) count += 1;
    return count;
  };
  const countLocks = async () => (await navigator.locks.query()).held.length;
  Object.assign(self, bundle, { opened, registry, ask, countStaging, countLocks });
  postMessage("ready");
`;

let server: Server;
let context: BrowserContext;

async function bundle(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "drydock-bundle-"));
  const entry = join(folder, "entry.ts");
  await writeFile(entry, ENTRY);
  const lib = { entry, formats: ["es" as const], fileName: "bundle" };
  const options = { write: false, minify: false, target: "es2022", lib };
  const built = await build({ configFile: false, logLevel: "warn", build: options });
  await rm(folder, { recursive: true });
  const outputs = Array.isArray(built) ? built : [built];
  for (const output of outputs) {
    if (!("output" in output)) continue;
    for (const file of output.output) if (file.type === "chunk" && file.isEntry) return file.code;
  }
  throw new Error("nothing was built");
}

beforeAll(async () => {
  const files = new Map([
    [
      "/",
      {
        type: "text/html",
        body: "<script>const worker = new Worker('/worker.js', { type: 'module' }); window.ready = new Promise((resolve) => (worker.onmessage = () => resolve()));</script>",
      },
    ],
    ["/worker.js", { type: "text/javascript", body: WORKER }],
    ["/bundle.js", { type: "text/javascript", body: await bundle() }],
  ]);
  server = createServer(({ url = "" }, response) => {
    const file = files.get(url);
    response.writeHead(file === undefined ? 404 : 200, { "content-type": file?.type ?? "text/plain" });
    response.end(file?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}, 60_000);

afterAll(() => {
  server.close();
});

beforeEach(async () => {
  // A profile on disk: in a private one Chromium holds files in memory, and counts them against no quota.
  const profile = await mkdtemp(join(tmpdir(), "drydock-profile-"));
  const args = [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-dev-shm-usage"];
  const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
  context = await chromium.launchPersistentContext(profile, { executablePath, args });
  return async () => {
    await context.close();
    await rm(profile, { recursive: true, maxRetries: 10 });
  };
}, 60_000);

/** A page of this site, and its worker with a registry. */
async function openTab(): Promise<Worker> {
  const page = await context.newPage();
  const started = page.waitForEvent("worker");
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.evaluate("ready");
  return started;
}

async function closeTab(worker: Worker): Promise<void> {
  const page = context.pages().find((each) => each.workers().includes(worker));
  await page?.close();
}

describe("the registry in a browser", { timeout: 60_000 }, () => {
  it("keeps what was pushed when the page is closed, but what was only staged", async () => {
    const first = await openTab();
    const digest = await first.evaluate(async () => {
      const { ask, digestOf, opened } = globalThis as unknown as Scope;
      const digest = await digestOf(new TextEncoder().encode("kept"));
      const push = await ask("POST", `/v2/a/blobs/uploads/?digest=${digest}`, "kept");
      const half = await ask("POST", "/v2/a/blobs/uploads/");
      const staging = await opened.blobs.stage();
      await staging.append(new TextEncoder().encode("half"));
      if (push.status !== 201 || half.status !== 202) throw new Error(push.text);
      return digest;
    });
    await closeTab(first);
    const second = await openTab();
    const found = await second.evaluate(async (digest) => {
      const { ask, opened, countStaging } = globalThis as unknown as Scope;
      const get = await ask("GET", `/v2/a/blobs/${digest}`);
      const keys = await opened.metadata.keys("");
      return { get, keys, blobs: await opened.blobs.list(), workers: await countStaging() };
    }, digest);
    expect(found).toEqual({
      get: { status: 200, location: null, text: "kept" },
      keys: [`blob/${digest}@private/a`],
      blobs: [digest],
      workers: 1,
    });
  });

  it("carries 20 MB in, in parts, out again, and away", async () => {
    const tab = await openTab();
    const result = await tab.evaluate(async () => {
      const { ask, registry, digestOf, opened } = globalThis as unknown as Scope;
      const bytes = new Uint8Array(20_000_000).map((_, at) => (at * 31) >> 3);
      const digest = await digestOf(bytes);
      const send = (method: string, url: string, body: HttpRequest["body"]) =>
        registry.handle({ method, url: `http://r.test${url}`, headers: new Headers(), body });
      const location = (await send("POST", "/v2/a/blobs/uploads/", null)).headers.get("location") ?? "";
      await send("PATCH", location, new Blob([bytes.subarray(0, 7_000_001)]).stream());
      const put = await send(
        "PUT",
        `${location}?digest=${digest}`,
        new Blob([bytes.subarray(7_000_001)]).stream(),
      );
      const get = await send("GET", `/v2/a/blobs/${digest}`, null);
      const same = (await digestOf(new Uint8Array(await get.arrayBuffer()))) === digest;
      const headers = new Headers({ range: "bytes=6999999-7000003" });
      const part = await registry.handle({
        method: "GET",
        url: `http://r.test/v2/a/blobs/${digest}`,
        headers,
        body: null,
      });
      const range = [...new Uint8Array(await part.arrayBuffer())];
      const expected = [...bytes.subarray(6_999_999, 7_000_004)];
      const removed = await ask("DELETE", `/v2/a/blobs/${digest}`);
      const left = await opened.blobs.list();
      return { put: put.status, same, range, expected, removed: removed.status, left };
    });
    expect(result).toMatchObject({ put: 201, same: true, removed: 202, left: [] });
    expect(result.range).toEqual(result.expected);
  });

  it("refuses a wrong digest, and takes sha512", async () => {
    const tab = await openTab();
    const result = await tab.evaluate(async () => {
      const { ask, opened } = globalThis as unknown as Scope;
      const wrong = await ask("POST", `/v2/a/blobs/uploads/?digest=sha256:${"0".repeat(64)}`, "something");
      const hash = await crypto.subtle.digest("SHA-512", new TextEncoder().encode("long"));
      const hex = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
      const right = await ask("POST", `/v2/a/blobs/uploads/?digest=sha512:${hex}`, "long");
      const get = await ask("GET", `/v2/a/blobs/sha512:${hex}`);
      return {
        wrong: wrong.status,
        right: right.status,
        get,
        blobs: (await opened.blobs.list()).length,
      };
    });
    expect(result).toMatchObject({ wrong: 400, right: 201, get: { status: 200, text: "long" }, blobs: 1 });
  });

  it("serves two tabs at once", async () => {
    const [left, right] = [await openTab(), await openTab()];
    const push = (tab: Worker, repository: string) =>
      tab.evaluate(async (repository) => {
        const { ask, digestOf } = globalThis as unknown as Scope;
        const digests: string[] = [];
        for (let at = 0; at < 20; at += 1) {
          const digest = await digestOf(new TextEncoder().encode(`blob ${at}`));
          const { status } = await ask(
            "POST",
            `/v2/${repository}/blobs/uploads/?digest=${digest}`,
            `blob ${at}`,
          );
          if (status !== 201) throw new Error(`status ${status}`);
          digests.push(digest);
        }
        return digests;
      }, repository);
    const [digests] = await Promise.all([push(left, "a"), push(right, "b")]);
    const statuses = await right.evaluate(async (digests) => {
      const { ask, opened } = globalThis as unknown as Scope;
      const statuses: number[] = [];
      for (const digest of digests) {
        for (const name of ["a", "b"])
          statuses.push((await ask("GET", `/v2/${name}/blobs/${digest}`)).status);
      }
      return { statuses: [...new Set(statuses)], blobs: (await opened.blobs.list()).length };
    }, digests);
    expect(statuses).toEqual({ statuses: [200], blobs: 20 });
  });

  it("says that the storage is full, and keeps what is there", async () => {
    const tab = await openTab();
    const page = context.pages().find((each) => each.workers().includes(tab));
    const session = page && (await context.newCDPSession(page));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const before = await tab.evaluate(async () => {
      const { ask, digestOf } = globalThis as unknown as Scope;
      const digest = await digestOf(new TextEncoder().encode("kept"));
      await ask("POST", `/v2/a/blobs/uploads/?digest=${digest}`, "kept");
      return digest;
    });
    await session?.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 2_000_000 });
    const result = await tab.evaluate(async (digest) => {
      const { ask, opened } = globalThis as unknown as Scope;
      const large = "x".repeat(20_000_000);
      const full = await ask("POST", `/v2/a/blobs/uploads/?digest=sha256:${"0".repeat(64)}`, large);
      const get = await ask("GET", `/v2/a/blobs/${digest}`);
      return { full, get, blobs: await opened.blobs.list() };
    }, before);
    expect(result.full.status).toBe(507);
    expect(result.full.text).toContain("INSUFFICIENT_STORAGE");
    expect(result.get).toMatchObject({ status: 200, text: "kept" });
    expect(result.blobs).toEqual([before]);
  });

  it("takes back what broken-off uploads hold, also those of a page that is closed", async () => {
    const closed = await openTab();
    const breakOff = (tab: Worker) =>
      tab.evaluate(async () => {
        const { ask } = globalThis as unknown as Scope;
        const location = (await ask("POST", "/v2/a/blobs/uploads/")).location ?? "";
        await ask("PATCH", location, "x".repeat(10_000_000));
        return location;
      });
    const tab = await openTab();
    await breakOff(closed);
    const own = await breakOff(tab);
    const page = context.pages().find((each) => each.workers().includes(tab));
    const session = page && (await context.newCDPSession(page));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await closeTab(closed);
    // Its worker ends a moment after the page, and until then what it stages is in use.
    await expect
      .poll(() => tab.evaluate(() => (globalThis as unknown as Scope).countLocks()), { timeout: 20_000 })
      .toBe(1);
    await session?.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 25_000_000 });
    const push = (count: number) =>
      tab.evaluate(async (count) => {
        const { ask, digestOf } = globalThis as unknown as Scope;
        const text = "y".repeat(count);
        const digest = await digestOf(new TextEncoder().encode(text));
        return (await ask("POST", `/v2/a/blobs/uploads/?digest=${digest}`, text)).status;
      }, count);
    // Chromium reserves the next power of two for a file that grows: 16 MiB beside 16 and 10 do not fit, nor beside one.
    expect(await push(12_000_000)).toBe(201);
    expect(
      (await tab.evaluate((path) => (globalThis as unknown as Scope).ask("GET", path), own)).status,
    ).toBe(404);
  });
});
