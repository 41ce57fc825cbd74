import { describe, expect, it } from "vitest";
import { finds, parseSize, splitReference, wholeReference } from "./compare";

describe("parseSize", () => {
  it.each([
    ["64m", 67_108_864],
    ["1G", 1_073_741_824],
    ["512k", 524_288],
    ["1.5k", 1536],
    ["100", 100],
    ["100b", 100],
    ["-1", -1],
    [5, 5],
  ])("reads %j", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(["", "m", "64x", "1e3"])("refuses %j", (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});

describe("references", () => {
  it.each([
    ["nginx", "docker.io/library/nginx:latest"],
    ["docker.io/library/nginx:latest", "docker.io/library/nginx:latest"],
    ["me/app:1", "docker.io/me/app:1"],
    ["registry.drydock.local:5000/team/app", "registry.drydock.local:5000/team/app:latest"],
    ["localhost/app", "localhost/app:latest"],
    ["nginx@sha256:ab", "docker.io/library/nginx@sha256:ab"],
  ])("%s is %s", (short, whole) => {
    expect(wholeReference(short)).toBe(whole);
  });

  it("are cut into host, repository and tag", () => {
    expect(splitReference("a.b:5000/c/d:e")).toEqual({ host: "a.b:5000", repository: "c/d", tag: "e" });
    expect(splitReference("redis:7")).toEqual({ host: undefined, repository: "library/redis", tag: "7" });
  });
});

describe("finds", () => {
  it("finds a pattern anywhere, in any line, and nothing by a pattern that is invalid", () => {
    expect(finds("^b$", "a\nb\nc")).toBe(true);
    expect(finds("容.", "一个容器")).toBe(true);
    expect(finds("(", "(")).toBe(false);
  });
});
