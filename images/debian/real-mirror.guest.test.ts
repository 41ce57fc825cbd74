/** A handful of real packages through a mirror with faults: Debian's own lists, signatures and files. */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createToolRunner } from "../pipeline/run-tool";
import { FileStore } from "./file-store";
import { ARCHITECTURE, SUITE } from "./inputs";
import { AptLists } from "./lists";
import { PrivateApt } from "./private-apt";
import { resolveInputs } from "./resolve";
import { BadMirror, machineUpstream, parseFault } from "./test/bad-mirror";
import type { Consumer, Inputs } from "./wants";

let work: string;
let mirror: BadMirror;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), "drydock-mirror-"));
  mirror = new BadMirror(await machineUpstream());
});
afterEach(async () => {
  await mirror.close();
  await rm(work, { recursive: true });
});

async function resolve(consumers: readonly Consumer[], faults: readonly string[]): Promise<Inputs> {
  mirror.faults = faults.map(parseFault);
  const env = { DEBIAN_MIRROR: await mirror.listen() };
  const { run } = createToolRunner(join(work, "log"));
  const apt = await PrivateApt.open(join(work, "apt"), ARCHITECTURE, run, 5);
  const silent = (): void => undefined;
  const lists = await AptLists.open({ apt, suite: SUITE, note: silent, env });
  const store = new FileStore(join(work, "files"), apt);
  const tools = { lists, store, run, work: join(work, "sources") };
  await mkdir(tools.work);
  const inputs = await resolveInputs(consumers, {
    ...{ lists, store, tools, say: silent, update: silent, note: silent, progress: silent },
  });
  for (const { tree, sources } of Object.values(inputs.supplies)) {
    for (const file of [...tree, ...sources.flatMap(({ files }) => files)]) {
      expect((await readFile(store.path(file))).length).toBe(file.bytes);
    }
  }
  return inputs;
}

const guest: Consumer = { name: "disk", needed: true, ways: [{ tree: ["netbase", "hostname"] }] };
const image: Consumer = { name: "image hello", needed: false, ways: [{ sources: ["hello"] }] };

it("gets everything past stale lists, 503, cut and wrong bodies and a source that is half gone", async () => {
  const inputs = await resolve(
    [guest, image],
    [
      "stale trixie-(updates|security)/",
      "busy /netbase_",
      "short /hostname_",
      "wrong /libc6_",
      "missing /hello_.*(dsc|debian)",
    ],
  );
  const names = inputs.supplies["disk"]?.tree.map((file) => file.package) ?? [];
  expect(names).toEqual(expect.arrayContaining(["netbase", "hostname", "libc6"]));
  expect(inputs.supplies["image hello"]?.sources).toMatchObject([{ source: "hello", form: "upstream" }]);
});

it("names what the guest needs and no place has, within two minutes", async () => {
  const began = Date.now();
  await expect(resolve([guest], ["missing /netbase_"])).rejects.toThrow(/netbase \S+: 404 Not Found \(http/);
  expect(Date.now() - began).toBeLessThan(120_000);
});
