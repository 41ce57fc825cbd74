import { describe, expect, it } from "vitest";
import { RegistryError } from "./errors";
import { algorithmOf, isRepositoryName, isTag, parseAlgorithm, parseDigest, parseReference } from "./names";

const HEX = "0123456789abcdef".repeat(4);

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof RegistryError) return error.code;
    throw error;
  }
  return "nothing was thrown";
}

describe("repository names", () => {
  it.each(["a", "library/nginx", "a.b/c_d/e__f/g---h", "0/1", "a".repeat(255)])("takes %s", (name) => {
    expect(isRepositoryName(name)).toBe(true);
  });

  it.each([
    "",
    "A",
    "/a",
    "a/",
    "a//b",
    "a/../b",
    ".a",
    "a.",
    "a..b",
    "a___b",
    "-a",
    "a_-b",
    "a b",
    "a%2fb",
    "ünï",
    "a\n",
    "a".repeat(256),
  ])("refuses %j", (name) => {
    expect(isRepositoryName(name)).toBe(false);
  });

  it("refuses a long name at once", () => {
    expect(isRepositoryName(`${"a-".repeat(100_000)}/`)).toBe(false);
    expect(isRepositoryName(`${"a-".repeat(126)}!`)).toBe(false);
  });
});

describe("tags", () => {
  it.each(["latest", "1.0", "_x", "A-B_c.d", "a".repeat(128)])("takes %s", (tag) => {
    expect(isTag(tag)).toBe(true);
  });

  it.each(["", ".a", "-a", "a b", "a/b", "a:b", "é", "a\n", "a".repeat(129)])("refuses %j", (tag) => {
    expect(isTag(tag)).toBe(false);
  });
});

describe("digests", () => {
  it("takes sha256 and sha512", () => {
    expect(algorithmOf(parseDigest(`sha256:${HEX}`))).toBe("sha256");
    expect(algorithmOf(parseDigest(`sha512:${HEX}${HEX}`))).toBe("sha512");
  });

  it.each([
    "",
    ":",
    "sha256:",
    `sha256:${HEX}0`,
    `sha256:${HEX.slice(1)}`,
    `sha256:${HEX.toUpperCase()}`,
    `sha512:${HEX}`,
    `md5:${HEX.slice(32)}`,
    `SHA256:${HEX}`,
    `sha256-${HEX}`,
    `sha256:${HEX}\n`,
    `constructor:${HEX}`,
    "sha256:../../../../etc/passwd",
  ])("refuses %j", (text) => {
    expect(codeOf(() => parseDigest(text))).toBe("DIGEST_INVALID");
  });

  it("knows two algorithms", () => {
    expect(parseAlgorithm("sha512")).toBe("sha512");
    expect(codeOf(() => parseAlgorithm("toString"))).toBe("DIGEST_INVALID");
  });
});

describe("references", () => {
  it("tells tags from digests by the colon", () => {
    expect(parseReference("latest")).toEqual({ kind: "tag", tag: "latest" });
    expect(parseReference(`sha256:${HEX}`)).toEqual({ kind: "digest", digest: `sha256:${HEX}` });
    expect(codeOf(() => parseReference("sha256:x"))).toBe("DIGEST_INVALID");
    expect(codeOf(() => parseReference(".x"))).toBe("TAG_INVALID");
  });
});
