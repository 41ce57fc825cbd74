import { beforeEach, describe, expect, it } from "vitest";
import { RELEASE_FORMAT, type Release, type ReleaseFile } from "../../contract/shell";
import { answer, pathOf } from "./answer";
import { Shell, type ShellCache } from "./shell";

const SCOPE = "https://site.example/some/path/";

/** The cache survives service workers; `room` is how many more entries fit. */
class MemoryCache implements ShellCache {
  readonly entries = new Map<string, Response>();
  room = Number.POSITIVE_INFINITY;

  match(key: string): Promise<Response | undefined> {
    return Promise.resolve(this.entries.get(key)?.clone());
  }

  put(key: string, response: Response): Promise<void> {
    if (this.room-- <= 0) return Promise.reject(new DOMException("full", "QuotaExceededError"));
    this.entries.set(key, response);
    return Promise.resolve();
  }

  delete(key: string): Promise<boolean> {
    return Promise.resolve(this.entries.delete(key));
  }

  keys(): Promise<{ url: string }[]> {
    return Promise.resolve([...this.entries.keys()].map((url) => ({ url })));
  }
}

type Files = Readonly<Record<string, string>>;

async function digestOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function filesOf(files: Files): Promise<ReleaseFile[]> {
  return Promise.all(
    Object.entries(files).map(async ([path, text]) => {
      return { path, sha256: await digestOf(text), bytes: text.length };
    }),
  );
}

async function releaseOf(name: string, files: Files, lessons: Files = {}): Promise<Release> {
  return {
    format: RELEASE_FORMAT,
    id: await digestOf(name),
    shell: await filesOf(files),
    lessons: await filesOf(lessons),
  };
}

const LESSONS = { "assets/course/one-1.json": "lesson one" };
const N_FILES = { "index.html": "page N", "assets/app-n.js": "script N", "guest/manifest.json": "guest N" };
const M_FILES = { "index.html": "page M", "assets/app-m.js": "script M", "guest/manifest.json": "guest M" };
const N = await releaseOf("N", N_FILES, LESSONS);
const M = await releaseOf("M", M_FILES, LESSONS);

let cache: MemoryCache;
/** What the server has; undefined when it does not answer. */
let site: Files | undefined;
let asked: string[];
let held: Set<string>;

beforeEach(() => {
  cache = new MemoryCache();
  site = { ...N_FILES, ...LESSONS };
  asked = [];
  held = new Set();
});

function workerOf(own: Release): Shell {
  return new Shell({
    scope: SCOPE,
    own,
    openCache: () => Promise.resolve(cache),
    heldReleases: () => Promise.resolve(held),
    fetch: (url) => {
      const path = url.slice(SCOPE.length);
      asked.push(path);
      if (site === undefined) return Promise.reject(new TypeError("no network"));
      const text = site[path];
      return Promise.resolve(new Response(text ?? "not found", { status: text === undefined ? 404 : 200 }));
    },
  });
}

function navigate(shell: Shell, query = ""): Promise<string> {
  const asks = { url: SCOPE + query, method: "GET", mode: "navigate" };
  return answer(shell, "index.html", asks).then(async (response) =>
    response === undefined ? "network" : response.status === 200 ? response.text() : `${response.status}`,
  );
}

async function textOf(shell: Shell, path: string): Promise<string> {
  return (
    (await (await answer(shell, path, { url: SCOPE + path, method: "GET", mode: "cors" }))?.text()) ??
    "network"
  );
}

/** The site has M now, and its service worker has come. */
async function deployM(): Promise<Shell> {
  site = { ...N_FILES, ...M_FILES, ...LESSONS };
  const shell = workerOf(M);
  await shell.install();
  return shell;
}

describe("a release", () => {
  it("is there without a network after the first visit", async () => {
    await workerOf(N).install();
    site = undefined;
    const shell = workerOf(N);
    expect(await navigate(shell)).toBe("page N");
    expect(await textOf(shell, "assets/app-n.js")).toBe("script N");
    expect(await textOf(shell, "guest/manifest.json")).toBe("guest N");
    expect(await textOf(shell, "assets/unknown.js")).toBe("network");
  });

  it("keeps a lesson when it is opened", async () => {
    const shell = workerOf(N);
    await shell.install();
    expect(asked).not.toContain("assets/course/one-1.json");
    expect(await textOf(shell, "assets/course/one-1.json")).toBe("lesson one");
    site = undefined;
    expect(await textOf(shell, "assets/course/one-1.json")).toBe("lesson one");
  });

  it("tells the page its list", async () => {
    const shell = workerOf(N);
    await shell.install();
    expect(JSON.parse(await textOf(shell, "release.json"))).toEqual(N);
  });

  it("is not installed in part", async () => {
    site = { ...N_FILES, "guest/manifest.json": "guest M" };
    await expect(workerOf(N).install()).rejects.toMatchObject({ reason: "altered" });
    site = undefined;
    await expect(workerOf(N).install()).rejects.toMatchObject({ reason: "network" });
    site = N_FILES;
    cache.room = 0;
    await expect(workerOf(N).install()).rejects.toMatchObject({ reason: "full" });
    expect(await workerOf(N).status()).toMatchObject({ current: undefined });
  });
});

describe("another release", () => {
  it("is offered and not forced: pages stay as they are, online and offline", async () => {
    await workerOf(N).install();
    const shell = await deployM();
    expect(await shell.status()).toEqual({
      type: "status",
      current: N.id,
      offered: M.id,
      previous: undefined,
    });
    expect(await navigate(shell)).toBe("page N");
    expect(await textOf(shell, "guest/manifest.json")).toBe("guest N");
    site = undefined;
    expect(await navigate(shell)).toBe("page N");
  });

  it("is taken whole, fetching only what is missing, and tells how far it is", async () => {
    await workerOf(N).install();
    const shell = await deployM();
    asked = [];
    const progress: [number, number][] = [];
    await shell.take((...at) => progress.push(at));
    expect(asked.sort()).toEqual(Object.keys(M_FILES).sort());
    expect(progress.at(-1)).toEqual([21, 21]);
    expect(await navigate(shell)).toBe("page M");
    expect(await textOf(shell, "guest/manifest.json")).toBe("guest M");
    expect(await shell.status()).toEqual({
      type: "status",
      current: M.id,
      offered: undefined,
      previous: N.id,
    });
  });

  it.each<[string, () => void, string]>([
    ["the network goes", () => (site = undefined), "network"],
    ["the site is half updated", () => (site = { ...M_FILES, "guest/manifest.json": "guest N" }), "altered"],
    ["there is no room", () => (cache.room = 1), "full"],
  ])("is not taken when %s, and the present one goes on", async (_, spoil, reason) => {
    await workerOf(N).install();
    const shell = await deployM();
    spoil();
    await expect(shell.take()).rejects.toMatchObject({ reason });
    expect(await navigate(shell)).toBe("page N");
    expect(await textOf(shell, "guest/manifest.json")).toBe("guest N");
  });

  it("leaves open pages of the old one their scripts until they are gone", async () => {
    await workerOf(N).install();
    const shell = await deployM();
    await shell.take();
    held = new Set([N.id]);
    await shell.settle(M.id);
    site = undefined;
    expect(await textOf(shell, "assets/app-n.js")).toBe("script N");
    held = new Set();
    await shell.settle(M.id);
    expect(await textOf(shell, "assets/app-n.js")).toBe("network");
    expect(await navigate(shell)).toBe("page M");
  });

  it("can be gone back from until it has shown that it works", async () => {
    await workerOf(N).install();
    const shell = await deployM();
    await shell.take();
    site = undefined;
    await shell.settle(N.id);
    await shell.back();
    expect(await navigate(shell)).toBe("page N");
    expect(await shell.status()).toMatchObject({ current: N.id, offered: M.id });
    await shell.take();
    await shell.settle(M.id);
    await expect(shell.back()).rejects.toMatchObject({ reason: "missing" });
    expect(await navigate(shell)).toBe("page M");
  });

  it("may be the one from before, when the site goes back", async () => {
    await workerOf(N).install();
    const newer = await deployM();
    await newer.take();
    await newer.settle(M.id);
    site = { ...N_FILES, ...LESSONS };
    const older = workerOf(N);
    await older.install();
    expect(await older.status()).toMatchObject({ current: M.id, offered: N.id });
    expect(await navigate(older)).toBe("page M");
    await older.take();
    expect(await navigate(older)).toBe("page N");
  });

  it("is taken by ?newest, when the page of the present one cannot ask for it", async () => {
    await workerOf(N).install();
    const shell = await deployM();
    expect(await navigate(shell, "?newest")).toBe("page M");
    site = undefined;
    expect(await navigate(workerOf(N), "?newest")).not.toBe("network");
  });
});

describe("what the browser has removed", () => {
  it("is fetched again, file by file", async () => {
    await workerOf(N).install();
    const shell = workerOf(N);
    for (const key of cache.entries.keys()) if (key.includes("app-n")) cache.entries.delete(key);
    expect(await textOf(shell, "assets/app-n.js")).toBe("script N");
    site = undefined;
    expect(await textOf(shell, "assets/app-n.js")).toBe("script N");
  });

  it("is the network's affair when the site has another file there", async () => {
    await workerOf(N).install();
    const shell = await deployM();
    for (const key of cache.entries.keys()) if (key.includes("manifest")) cache.entries.delete(key);
    expect(await textOf(shell, "guest/manifest.json")).toBe("network");
  });

  it("is the whole new release when the page itself is gone and the site has another", async () => {
    await workerOf(N).install();
    const shell = await deployM();
    for (const key of cache.entries.keys()) if (key.includes("index.html")) cache.entries.delete(key);
    expect(await navigate(shell)).toBe("page M");
    expect(await textOf(shell, "guest/manifest.json")).toBe("guest M");
  });

  it("is said, without a network", async () => {
    await workerOf(N).install();
    cache.entries.clear();
    site = undefined;
    expect(await navigate(workerOf(N))).toBe("503");
    site = N_FILES;
    expect(await navigate(workerOf(N))).toBe("page N");
  });

  it.each(["", "{", "null", "[]", '{"current":"../x"}', '{"current":7}'])(
    "is taken for nothing when the record is %j",
    async (text) => {
      await workerOf(N).install();
      cache.entries.set(`${SCOPE}drydock-shell/state`, new Response(text));
      expect(await navigate(workerOf(N))).toBe("page N");
    },
  );
});

describe("the preview's frame", () => {
  it("never has the site's origin", async () => {
    site = { "index.html": "page", "preview-frame.html": "<script>" };
    const shell = workerOf(await releaseOf("F", site));
    await shell.install();
    const asks = { url: `${SCOPE}preview-frame.html`, method: "GET", mode: "navigate" };
    const response = await answer(shell, "preview-frame.html", asks);
    expect(response?.headers.get("content-security-policy")).toBe(
      "sandbox allow-scripts allow-forms allow-modals",
    );
  });
});

describe("pathOf", () => {
  const get = (url: string, method = "GET"): string | undefined =>
    pathOf({ url, method, mode: "cors" }, SCOPE);

  it.each([
    [SCOPE, "index.html"],
    [`${SCOPE}?open=course`, "index.html"],
    [`${SCOPE}assets/a.js?x#y`, "assets/a.js"],
    [`${SCOPE}guest/manifest.json`, "guest/manifest.json"],
  ])("answers %s", (url, path) => {
    expect(get(url)).toBe(path);
  });

  it.each([
    `${SCOPE}guest/chunks/abc`,
    "https://site.example/other/",
    "https://other.example/some/path/",
    "data:text/plain,x",
  ])("leaves %s alone", (url) => {
    expect(get(url)).toBeUndefined();
  });

  it("answers no request but GET", () => {
    expect(get(SCOPE, "POST")).toBeUndefined();
  });
});
