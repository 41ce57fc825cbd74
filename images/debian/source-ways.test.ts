import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findSource, type SourceTools } from "./source-ways";
import type { RemoteFile, Source } from "./wants";

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "drydock-sources-"));
});
afterAll(() => rm(work, { recursive: true }));

const DIGEST = "a".repeat(64);
const POOL = "http://mirror.test/debian/pool/main/t/toy/";
const DSC = [
  "-----BEGIN PGP SIGNED MESSAGE-----",
  "Hash: SHA512",
  "",
  "Format: 3.0 (quilt)",
  "Source: toy",
  "Version: 1.1-1+deb13u1",
  "Checksums-Sha256:",
  ` ${DIGEST} 20 toy_1.1.orig.tar.gz`,
  ` ${DIGEST} 30 toy_1.1.orig.tar.gz.asc`,
  ` ${DIGEST} 40 toy_1.1-1+deb13u1.debian.tar.xz`,
  "",
  "-----BEGIN PGP SIGNATURE-----",
  "",
].join("\n");

const newest: Source = {
  source: "toy",
  version: "1.1-1+deb13u2",
  form: "debian",
  files: [{ name: "toy_1.1-1+deb13u2.dsc", uri: `${POOL}toy_1.1-1%2bdeb13u2.dsc`, bytes: 1, sha256: "b" }],
};

/** A mirror whose pool has but the revision before, and no listing. */
function tools(): { tools: SourceTools; asked: string[] } {
  const asked: string[] = [];
  const keyring = { name: "k.deb", uri: "k", bytes: 1, sha256: "k", package: "debian-keyring", version: "1" };
  const store = {
    path: ({ sha256 }: { sha256: string }) => join(work, sha256),
    fetch: (files: readonly RemoteFile[]) =>
      Promise.resolve(new Map(files.filter((file) => file.sha256 === "b").map((file) => ["b", file.uri]))),
    async fetchUnknown(uri: string, into: string): Promise<string | undefined> {
      asked.push(uri);
      if (basename(uri) !== "toy_1.1-1+deb13u1.dsc") return undefined;
      await writeFile(into, DSC);
      return into;
    },
  };
  const lists = {
    sources: () => Promise.resolve([newest]),
    packages: () => Promise.resolve([keyring]),
  };
  const made = { lists, store, run: () => Promise.resolve(""), work } as unknown as SourceTools;
  return { tools: made, asked };
}

it("finds the revision before in the pool, whole, with its description and without upstream's signature", async () => {
  const { tools: given, asked } = tools();
  const found = await findSource("toy", given, () => undefined);
  expect(asked).toEqual([POOL, `${POOL}toy_1.1-1+deb13u1.dsc`]);
  expect(found?.loss).toMatch(/1\.1-1\+deb13u2 is not on the mirror: version 1\.1-1\+deb13u1 is used/);
  expect(found?.source).toEqual({
    source: "toy",
    version: "1.1-1+deb13u1",
    form: "debian",
    files: [
      {
        name: "toy_1.1-1+deb13u1.dsc",
        uri: `${POOL}toy_1.1-1%2Bdeb13u1.dsc`,
        bytes: DSC.length,
        sha256: createHash("sha256").update(DSC).digest("hex"),
      },
      { name: "toy_1.1.orig.tar.gz", uri: `${POOL}toy_1.1.orig.tar.gz`, bytes: 20, sha256: DIGEST },
      {
        name: "toy_1.1-1+deb13u1.debian.tar.xz",
        uri: `${POOL}toy_1.1-1%2Bdeb13u1.debian.tar.xz`,
        bytes: 40,
        sha256: DIGEST,
      },
    ],
  });
});
