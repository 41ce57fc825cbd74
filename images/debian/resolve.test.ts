/** The resolver, the lists and the store with the real apt, on a toy archive behind a mirror with faults. */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createToolRunner } from "../pipeline/run-tool";
import { FileStore } from "./file-store";
import { AptLists } from "./lists";
import { PrivateApt } from "./private-apt";
import { resolveInputs } from "./resolve";
import { BadMirror, folderUpstream, parseFault } from "./test/bad-mirror";
import { TOY_ARCHITECTURE, TOY_SUITE, writeToyArchive, writeToySecurity } from "./test/toy-archive";
import type { Consumer, Inputs, Wants } from "./wants";

let root: string;
let work: string;
let mirror: BadMirror;
let uri: string;
let notes: string[];
/** What was told of before all was resolved, and what was asked of the mirror until then. */
let early: { inputs: Inputs; requests: string[] } | undefined;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "drydock-debian-"));
  const { run } = createToolRunner(join(root, "log"));
  await writeToyArchive(join(root, "archive/debian"), join(root, "work"), run);
  await writeToySecurity(join(root, "secure/debian-security"), run);
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
  work = await mkdtemp(join(root, "case-"));
  mirror = new BadMirror(folderUpstream(join(root, "archive")));
  uri = await mirror.listen();
  notes = [];
  early = undefined;
});
afterEach(() => mirror.close());

const { run } = createToolRunner(join(tmpdir(), `drydock-debian-test-${process.pid}.log`));
afterAll(() => rm(join(tmpdir(), `drydock-debian-test-${process.pid}.log`), { force: true }));

async function open(): Promise<{ lists: AptLists; store: FileStore }> {
  const apt = await PrivateApt.open(join(work, "apt"), TOY_ARCHITECTURE, run, 2);
  const lists = await AptLists.open({
    apt,
    suite: TOY_SUITE,
    note: (text) => notes.push(text),
    env: { DEBIAN_MIRROR: uri },
    trust: "trusted=yes",
  });
  return { lists, store: new FileStore(join(work, "files"), apt) };
}

async function resolve(consumers: readonly Consumer[], ...faults: string[]): Promise<Inputs> {
  mirror.faults = faults.map(parseFault);
  const { lists, store } = await open();
  const silent = (): void => undefined;
  await mkdir(join(work, "sources"), { recursive: true });
  const inputs = await resolveInputs(consumers, {
    lists,
    store,
    tools: { lists, store, run, work: join(work, "sources") },
    say: silent,
    update: silent,
    note: (text) => notes.push(text),
    progress: silent,
    onFirst: (first) => (early = { inputs: first, requests: [...mirror.requests] }),
  });
  // What is promised is here.
  for (const { packages, tree, sources } of Object.values(inputs.supplies)) {
    for (const file of [...packages, ...tree, ...sources.flatMap(({ files }) => files)]) {
      expect((await readFile(store.path(file))).length).toBe(file.bytes);
    }
  }
  return inputs;
}

const consumer = (name: string, needed: boolean, ...ways: Wants[]): Consumer => ({ name, ways, needed });
const app = consumer("app", true, { tree: ["app"], packages: ["alone"] });
const versions = (inputs: Inputs, name: string): string[] =>
  (inputs.supplies[name]?.tree ?? []).map((file) => `${file.package} ${file.version}`).sort();

const NEWEST = ["app 2-1", "libtoy 1.1-1+deb13u2", "toy-tools 1.1-1+deb13u2"];

describe("binary packages", () => {
  it("are the newest, with all that they depend on, and no loss is told", async () => {
    const inputs = await resolve([app]);
    expect(versions(inputs, "app")).toEqual(NEWEST);
    expect(inputs.supplies["app"]).toMatchObject({ way: 0, losses: [], packages: [{ version: "5:3-1" }] });
  });

  it.each(["busy /pool/", "short /pool/", "wrong /pool/", "slow /pool/"])(
    "arrive whole from a mirror that is %s",
    async (fault) => {
      const inputs = await resolve([app], fault);
      expect(versions(inputs, "app")).toEqual(NEWEST);
      expect(inputs.supplies["app"]?.losses).toEqual([]);
    },
  );

  it("are taken in the version before, with what must fit it, when a file is gone", async () => {
    const inputs = await resolve([app], "missing /pool/libtoy_1.1");
    expect(versions(inputs, "app")).toEqual(["app 2-1", "libtoy 1.0-1", "toy-tools 1.0-1"]);
    expect(inputs.supplies["app"]?.losses).toEqual([
      "libtoy 1.1-1+deb13u2 is not on the mirror: version 1.0-1 is used",
    ]);
    expect(notes.join("\n")).toContain("reading the lists once more");
  });

  it("that the guest needs end the build with the file, the place and the ways on", async () => {
    await expect(resolve([app], "missing /pool/libtoy_")).rejects.toThrow(
      /guest cannot be built[\s\S]*app:\n[\s\S]*libtoy 1\.1-1\+deb13u2: 404 Not Found \(http:\S+\/pool\/libtoy_1\.1[\s\S]*DEBIAN_MIRROR=/,
    );
  });

  it("that an image needs leave the image out, and the others come", async () => {
    const image = consumer("image app", false, { tree: ["app"] });
    const other = consumer("image alone", false, { packages: ["alone"] });
    const inputs = await resolve([image, other], "missing /pool/libtoy_");
    expect(Object.keys(inputs.supplies)).toEqual(["image alone"]);
    expect(inputs.leftOut["image app"]).toContain("libtoy");
  });

  it("that no list names leave the image out", async () => {
    const inputs = await resolve([consumer("image none", false, { packages: ["nothing-like-it"] })]);
    expect(inputs.leftOut["image none"]).toContain("nothing-like-it");
  });
});

describe("the first consumer", () => {
  const alone = consumer("alone", true, { packages: ["alone"] });

  it("is told of when its files are here, before the others' are asked for", async () => {
    const inputs = await resolve([alone, app]);
    expect(early?.inputs).toEqual({ supplies: { alone: inputs.supplies["alone"] }, leftOut: {} });
    expect(early?.requests.filter((path) => path.includes("/pool/"))).toEqual([
      expect.stringContaining("/pool/alone_"),
    ]);
  });

  it("is not told of when it cannot be had", async () => {
    await expect(resolve([alone, app], "missing /pool/alone_")).rejects.toThrow(/alone:/);
    expect(early).toBeUndefined();
  });
});

describe("a source package", () => {
  const built = consumer("image toy", false, { sources: ["toy"] }, { packages: ["libtoy"] });

  it("is Debian's", async () => {
    const inputs = await resolve([built]);
    expect(inputs.supplies["image toy"]).toMatchObject({
      way: 0,
      losses: [],
      sources: [{ form: "debian", version: "1.1-1+deb13u2" }],
    });
  });

  it("is fetched from the security archive when that has the newest", async () => {
    const [archive, secure] = ["archive", "secure"].map((name) => folderUpstream(join(root, name)));
    await mirror.close();
    mirror = new BadMirror(async (path) => (await archive?.(path)) ?? secure?.(path));
    uri = await mirror.listen();
    const inputs = await resolve([built]);
    const [source] = inputs.supplies["image toy"]?.sources ?? [];
    expect(source).toMatchObject({ version: "1.1-1+deb13u3" });
    expect(source?.files.every((file) => file.uri.includes("/debian-security/pool/"))).toBe(true);
    expect(inputs.supplies["image toy"]?.losses).toEqual([]);
  });

  it("is upstream's when Debian's part is gone", async () => {
    const inputs = await resolve([built], "missing /pool/toy/.*(dsc|debian)");
    const supply = inputs.supplies["image toy"];
    expect(supply?.sources).toMatchObject([{ form: "upstream", version: "1.1" }]);
    expect(supply?.sources[0]?.files.map(({ name }) => name)).toEqual(["toy_1.1.orig.tar.gz"]);
    expect(supply?.losses).toEqual([
      "source toy 1.1-1+deb13u2 is not on the mirror: the upstream source 1.1 without Debian's patches is used",
    ]);
    // The pool was asked for the revision before.
    expect(mirror.requests.map(decodeURIComponent)).toContainEqual(
      expect.stringMatching(/\/pool\/toy\/toy_1\.1-1\+deb13u1\.dsc$/),
    );
  });

  it("gives way to the binary package when all of it is gone", async () => {
    const inputs = await resolve([built], "missing /pool/toy/");
    expect(inputs.supplies["image toy"]).toMatchObject({
      way: 1,
      sources: [],
      packages: [{ package: "libtoy" }],
    });
    expect(inputs.supplies["image toy"]?.losses).toEqual(["not from source: toy cannot be had"]);
  });
});

describe("lists", () => {
  it("that do not fit leave their suite out, with a note", async () => {
    const inputs = await resolve([app], "stale toys-updates/");
    expect(versions(inputs, "app")).toEqual(NEWEST);
    expect(notes).toContain("the mirror does not have toys-updates whole: left out");
  });

  it.each(["busy /dists/toys/", "short /dists/toys/main", "wrong /dists/toys/main"])(
    "are asked for again when the mirror is %s",
    async (fault) => {
      expect(versions(await resolve([app], fault), "app")).toEqual(NEWEST);
    },
  );

  it.each([
    ["stale /dists/toys/main", "toys"],
    ["missing /dists/", "404"],
    ["silent /", "Connection"],
  ])("that cannot be had (%s) are named with the place and the ways on", async (fault, reason) => {
    await expect(resolve([app], fault)).rejects.toThrow(
      new RegExp(
        `lists of Debian toys cannot be had[\\s\\S]*${uri}[\\s\\S]*${reason}[\\s\\S]*DEBIAN_MIRROR=`,
      ),
    );
  });
});
