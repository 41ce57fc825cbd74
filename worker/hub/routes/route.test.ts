import { describe, expect, it } from "vitest";
import { RegistryError } from "../errors";
import { parseRoute } from "./route";

const DIGEST = `sha256:${"ab".repeat(32)}`;

describe("routes", () => {
  it.each([
    ["/v2", { kind: "base" }],
    ["/v2/", { kind: "base" }],
    ["/v2/_catalog", { kind: "catalog" }],
    ["/v2/a/b/tags/list", { kind: "tags", name: "a/b" }],
    ["/v2/a/manifests/1.0", { kind: "manifest", name: "a", reference: { kind: "tag", tag: "1.0" } }],
    [
      `/v2/a/manifests/${DIGEST}`,
      { kind: "manifest", name: "a", reference: { kind: "digest", digest: DIGEST } },
    ],
    [`/v2/a/blobs/${DIGEST}`, { kind: "blob", name: "a", digest: DIGEST }],
    [`/v2/a/blobs/${DIGEST.replace(":", "%3A")}`, { kind: "blob", name: "a", digest: DIGEST }],
    ["/v2/a/blobs/uploads/", { kind: "uploads", name: "a" }],
    ["/v2/a/blobs/uploads", { kind: "uploads", name: "a" }],
    ["/v2/a/blobs/uploads/some-id", { kind: "upload", name: "a", id: "some-id" }],
    [`/v2/a/referrers/${DIGEST}`, { kind: "referrers", name: "a", digest: DIGEST }],
    ["/v2/blobs/tags/list", { kind: "tags", name: "blobs" }],
    ["/v2/a/tags/list/tags/list", { kind: "tags", name: "a/tags/list" }],
    [
      "/v2/x/manifests/y/manifests/z",
      { kind: "manifest", name: "x/manifests/y", reference: { kind: "tag", tag: "z" } },
    ],
  ])("reads %s", (path, route) => {
    expect(parseRoute(path)).toEqual(route);
  });

  it.each(["/v2/a", "/v2/a/tags", "/v2/a/nothing/x", "/v2//", "/v2/_other"])(
    "has no endpoint at %s",
    (path) => {
      expect(parseRoute(path)).toBeUndefined();
    },
  );

  it.each([
    ["/v2/A/tags/list", "NAME_INVALID"],
    ["/v2//tags/list", "NAME_INVALID"],
    ["/v2/a%2Fb/tags/list", "NAME_INVALID"],
    ["/v2/a/manifests/.x", "TAG_INVALID"],
    ["/v2/a/manifests/%ff", "TAG_INVALID"],
    ["/v2/a/manifests/sha256:zz", "DIGEST_INVALID"],
    ["/v2/a/blobs/latest", "DIGEST_INVALID"],
    ["/v2/a/blobs/%", "DIGEST_INVALID"],
    ["/v2/a/referrers/sha1:00", "DIGEST_INVALID"],
  ])("refuses %s with %s", (path, code) => {
    try {
      parseRoute(path);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RegistryError);
      expect(error).toMatchObject({ code });
    }
  });

  it("answers a path of many components without trying every way to read it", () => {
    expect(parseRoute(`/v2${"/manifests/x".repeat(2000)}/nowhere`)).toBeUndefined();
  });
});
