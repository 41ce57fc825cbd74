import { expect, it } from "vitest";
import { digestOf } from "./digest";
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from "./manifest";
import { catalogueOf, makeImage } from "./testing/sample-images";
import { SampleRegistry } from "./testing/sample-registry";

/** A generator of numbers that gives the same ones at every run (mulberry32). */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const image = await makeImage({ layers: [{ "/a": "b" }] });
const catalogue = catalogueOf([{ name: "library/web", tags: { latest: image } }]);
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", ""];
const NAMES = [
  "a",
  "library/web",
  "bob/app",
  "A",
  "",
  "a//b",
  "..",
  "a/blobs/uploads",
  "a".repeat(300),
  "%61",
  "%",
];
const REFERENCES = [
  "latest",
  image.digest,
  image.config,
  "sha256:0",
  "..",
  "%00",
  "a b",
  "",
  "sha512:" + "0".repeat(128),
];
const BODIES = [
  "",
  "{}",
  "null",
  '{"schemaVersion":2}',
  new TextDecoder().decode(image.manifest),
  "\ud800",
  "[".repeat(9999),
];
const TYPES = [OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, "", "text/plain; x", "\t;"];
const RANGES = [
  "bytes=0-1",
  "bytes=9-1",
  "bytes=-0",
  "0-9",
  "5-1",
  "bytes",
  "9".repeat(50),
  "0-99999999999999999999",
];
const TOKENS = ["Bearer x", "Bearer a.b.c", "Basic Ym9iOnB3", "Basic =", "Negotiate", ""];

it.each(["private", "hub"] as const)(
  "answers any request to a %s registry, and never with a 5xx",
  async (profile) => {
    const sample = new SampleRegistry(profile, { catalogue });
    const random = makeRandom(profile.length);
    const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
    let location = "/v2/a/blobs/uploads/x";
    const paths = [
      () => `/v2/${pick(NAMES)}/manifests/${pick(REFERENCES)}?tag=${pick(REFERENCES)}`,
      () => `/v2/${pick(NAMES)}/blobs/${pick(REFERENCES)}`,
      () => `/v2/library/web/blobs/${image.config}`,
      () => `/v2/${pick(NAMES)}/blobs/uploads/?digest=${pick(REFERENCES)}`,
      () => `/v2/${pick(NAMES)}/blobs/uploads/?mount=${pick(REFERENCES)}&from=${pick(NAMES)}`,
      () => `/v2/${pick(NAMES)}/blobs/uploads/`,
      () => `${location}?digest=${pick(REFERENCES)}`,
      () => `/v2/${pick(NAMES)}/tags/list?n=${pick(["1", "-1", "x", "0"])}&last=${pick(REFERENCES)}`,
      () => `/v2/${pick(NAMES)}/referrers/${pick(REFERENCES)}?artifactType=${pick(TYPES)}`,
      () => `/v2/_catalog?n=${pick(["1", "99", ""])}`,
      () =>
        `/token?service=${pick(["registry.docker.io", "x", ""])}&scope=repository:${pick(NAMES)}:pull,push`,
      () => `/v1/search?q=${pick(NAMES)}&n=${pick(["1", "x"])}&page=${pick(["0", "3"])}`,
    ];
    const statuses = new Set<number>();
    for (let count = 0; count < 4000; count += 1) {
      const headers: Record<string, string> = {};
      if (random(2) === 0) headers["content-type"] = pick(TYPES);
      if (random(3) === 0) headers["range"] = pick(RANGES);
      if (random(3) === 0) headers["content-range"] = pick(RANGES);
      if (random(4) === 0) headers["content-length"] = pick(["0", "5", "x", "-1", "99999999999999999"]);
      if (random(2) === 0) headers["authorization"] = pick(TOKENS);
      if (random(3) === 0) headers["accept"] = pick(TYPES);
      const body = random(2) === 0 ? pick(BODIES) : undefined;
      const method = pick(METHODS);
      const path = pick(paths)();
      const answer = await sample.call(method, path, { body, headers });
      statuses.add(answer.status);
      if (answer.status >= 500) expect.fail(`${method} ${path}: ${answer.status} ${answer.text}`);
      const next = answer.headers.get("location");
      if (next?.includes("/uploads/")) location = next;
      if (answer.status >= 400 && method !== "HEAD") expect(answer.text).toMatch(/^\{"(errors|details)":/);
    }
    expect(sample.failures).toEqual([]);
    const expected =
      profile === "private" ? [200, 201, 202, 204, 206, 400, 404, 405, 416] : [200, 400, 401, 404];
    for (const status of expected) expect(statuses).toContain(status);
    for (const digest of await sample.storage.blobs.list()) {
      const size = (await sample.storage.blobs.size(digest)) ?? 0;
      const bytes = new Uint8Array(
        await new Response((await sample.storage.blobs.read(digest, 0, size)) as never).arrayBuffer(),
      );
      expect(await digestOf(bytes, digest.startsWith("sha512") ? "sha512" : "sha256")).toBe(digest);
    }
  },
  60_000,
);
