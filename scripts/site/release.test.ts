import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseRelease } from "../../contract/release";
import { listRelease, publishRelease } from "./release";

let site: string;
beforeEach(async () => {
  site = await mkdtemp(join(tmpdir(), "drydock-release-"));
  await put("index.html", "page");
  await put("sw.js", "program();\n");
  await put("assets/app-1.js", "script");
  await put("assets/course/course-1.js", "the course's code");
  await put("assets/course/contents-1.json", "{}");
  await put("assets/course/one.en-1.json", "a lesson");
  await put("guest/manifest.json", "{}");
  await put("guest/chunks/abc", "a chunk");
  await put("licences/npm.txt", "a licence");
  await put("install/wide.en.jpg", "a screenshot");
  await put(".key", "the build's");
});
afterEach(() => rm(site, { recursive: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(site, path)), { recursive: true });
  await writeFile(join(site, path), text);
}

it("lists the page's files and lessons, and neither chunks nor what no page asks for", async () => {
  const { shell, lessons } = await listRelease(site);
  expect(shell.map(({ path }) => path)).toEqual([
    "assets/app-1.js",
    "assets/course/contents-1.json",
    "assets/course/course-1.js",
    "guest/manifest.json",
    "index.html",
  ]);
  expect(lessons.map(({ path }) => path)).toEqual(["assets/course/one.en-1.json"]);
});

it("is written for the page and above the service worker's program, again and again", async () => {
  const first = await publishRelease(site);
  expect(await publishRelease(site)).toEqual(first);
  expect(parseRelease(await readFile(join(site, "release.json"), "utf8"), "release.json")).toEqual(first);
  const lines = (await readFile(join(site, "sw.js"), "utf8")).split("\n");
  expect(lines).toEqual([`const DRYDOCK_RELEASE = ${JSON.stringify(first)};`, "program();", ""]);
});

it("is another release when a byte of any file is another", async () => {
  const { id } = await publishRelease(site);
  await put("guest/manifest.json", "{ }");
  expect((await publishRelease(site)).id).not.toBe(id);
});

it.each([
  ["is no JSON", "<html>"],
  [
    "leaves the folder",
    '{"format":1,"id":"ID","shell":[{"path":"../x","sha256":"ID","bytes":1}],"lessons":[]}',
  ],
  ["is of another format", '{"format":2,"id":"ID","shell":[],"lessons":[]}'],
])("is refused when it %s", (_, text) => {
  expect(() => parseRelease(text.replaceAll("ID", "a".repeat(64)), "release.json")).toThrow(
    expect.objectContaining({ code: "bad-manifest", subject: "release.json" }) as Error,
  );
});
