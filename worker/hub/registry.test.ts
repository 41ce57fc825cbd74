import { describe, expect, it } from "vitest";
import { catalogueOf, makeImage } from "./testing/sample-images";
import { SampleRegistry } from "./testing/sample-registry";

const image = await makeImage({ layers: [{ "/a": "b" }] });

describe("the registry's own endpoints", () => {
  it("says that it is one", async () => {
    const sample = new SampleRegistry();
    for (const path of ["/v2", "/v2/"]) {
      const answer = await sample.call("GET", path);
      expect([answer.status, answer.text]).toEqual([200, "{}"]);
      expect(answer.headers.get("docker-distribution-api-version")).toBe("registry/2.0");
    }
  });

  it.each(["/", "/v2/a", "/v2/a/nothing/b", "/v1/users", "/v2evil/", "/token"])(
    "has nothing at %s",
    async (path) => {
      const answer = await new SampleRegistry().call("GET", path);
      expect([answer.status, answer.codes]).toEqual([404, ["UNSUPPORTED"]]);
      expect(answer.headers.get("content-type")).toBe("application/json");
    },
  );

  it.each([
    ["POST", "/v2/", "GET, HEAD"],
    ["POST", "/v2/a/manifests/1", "GET, HEAD, PUT, DELETE"],
    ["PUT", `/v2/a/blobs/${image.config}`, "GET, HEAD, DELETE"],
    ["GET", "/v2/a/blobs/uploads/", "POST"],
    ["POST", "/v2/a/blobs/uploads/x", "GET, PATCH, PUT, DELETE"],
    ["DELETE", "/v2/a/tags/list", "GET, HEAD"],
    ["PUT", "/v2/_catalog", "GET, HEAD"],
    ["PUT", `/v2/a/referrers/${image.digest}`, "GET, HEAD"],
    ["BREW", "/v2/", "GET, HEAD"],
  ])("refuses %s %s and says what it takes", async (method, path, allow) => {
    const answer = await new SampleRegistry().call(method, path);
    expect([answer.status, answer.codes]).toEqual([405, ["UNSUPPORTED"]]);
    expect(answer.headers.get("allow")).toBe(allow);
  });

  it.each(["GET", "PUT", "DELETE", "HEAD"])("refuses %s of a malformed name", async (method) => {
    const answer = await new SampleRegistry().call(method, "/v2/Team/app/manifests/1");
    expect(answer.status).toBe(400);
    expect(answer.codes).toEqual(method === "HEAD" ? [] : ["NAME_INVALID"]);
  });

  it("tells nothing of its insides when it fails", async () => {
    const sample = new SampleRegistry();
    const broken = {
      ...sample.storage,
      metadata: { ...sample.storage.metadata, get: () => Promise.reject(new Error("secret")) },
    };
    const failing = new SampleRegistry("private", { storage: broken });
    const answer = await failing.call("GET", "/v2/a/manifests/1");
    expect([answer.status, answer.codes]).toEqual([500, ["UNKNOWN"]]);
    expect(answer.text).not.toContain("secret");
    expect(failing.failures).toHaveLength(1);
  });
});

describe("listing tags", () => {
  it("sorts them by code unit and pages through them", async () => {
    const sample = new SampleRegistry();
    for (const tag of ["b", "a", "B", "1.10", "1.9", "_"]) await sample.pushImage("team/app", tag, image);
    const all = await sample.call("GET", "/v2/team/app/tags/list");
    expect(all.text).toBe('{"name":"team/app","tags":["1.10","1.9","B","_","a","b"]}');
    const first = await sample.call("GET", "/v2/team/app/tags/list?n=4");
    expect(first.headers.get("link")).toBe('</v2/team/app/tags/list?n=4&last=_>; rel="next"');
    const second = await sample.call("GET", "/v2/team/app/tags/list?n=4&last=_");
    expect(second.text).toBe('{"name":"team/app","tags":["a","b"]}');
    expect(second.headers.get("link")).toBeNull();
  });

  it("keeps repositories apart whose names begin alike", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("team/app", "1", image);
    await sample.pushImage("team/app/sub", "2", image);
    await sample.pushImage("team/app2", "3", image);
    expect((await sample.call("GET", "/v2/team/app/tags/list")).text).toBe(
      '{"name":"team/app","tags":["1"]}',
    );
  });

  it("does not know a repository without manifests", async () => {
    const sample = new SampleRegistry();
    await sample.pushBlob("team/app", image.manifest);
    const answer = await sample.call("GET", "/v2/team/app/tags/list");
    expect([answer.status, answer.codes]).toEqual([404, ["NAME_UNKNOWN"]]);
  });

  it("has the catalogue's tags and the pushed ones", async () => {
    const catalogue = catalogueOf([{ name: "library/web", tags: { latest: image, "1.0": image } }]);
    const sample = new SampleRegistry("private", { catalogue });
    await sample.pushImage("library/web", "mine", image);
    await sample.pushImage("library/web", "latest", image);
    const answer = await sample.call("GET", "/v2/library/web/tags/list");
    expect(answer.text).toBe('{"name":"library/web","tags":["1.0","latest","mine"]}');
  });

  it("refuses what is not a number", async () => {
    const sample = new SampleRegistry();
    await sample.pushImage("a", "1", image);
    for (const path of ["/v2/a/tags/list?n=-1", "/v2/_catalog?n=all"]) {
      const answer = await sample.call("GET", path);
      expect([answer.status, answer.codes]).toEqual([400, ["PAGINATION_NUMBER_INVALID"]]);
    }
  });
});

describe("the catalog", () => {
  it("lists repositories in pages", async () => {
    const catalogue = catalogueOf([{ name: "library/web", tags: { latest: image } }]);
    const sample = new SampleRegistry("private", { catalogue });
    await sample.pushImage("team/b", "1", image);
    await sample.pushImage("team/a", "1", image);
    expect((await sample.call("GET", "/v2/_catalog")).text).toBe(
      '{"repositories":["library/web","team/a","team/b"]}',
    );
    const page = await sample.call("GET", "/v2/_catalog?n=1&last=library/web");
    expect(page.text).toBe('{"repositories":["team/a"]}');
    expect(page.headers.get("link")).toBe('</v2/_catalog?n=1&last=team%2Fa>; rel="next"');
  });
});

describe("two registries over one storage", () => {
  it("see nothing of one another, and share bytes", async () => {
    const open = new SampleRegistry();
    const hub = new SampleRegistry("hub", { storage: open.storage });
    await open.pushImage("bob/app", "1", image);
    const basic = { authorization: `Basic ${btoa("bob:pw")}` };
    const scope = "repository:bob/app:pull,push,delete";
    const token = await hub.call("GET", `/token?service=registry.docker.io&scope=${scope}`, {
      headers: basic,
    });
    const { token: bearer } = JSON.parse(token.text) as { token: string };
    const headers = { authorization: `Bearer ${bearer}` };
    expect((await hub.call("GET", "/v2/bob/app/manifests/1", { headers })).status).toBe(404);
    await hub.pushImage("bob/app", "1", image, headers);
    const count = image.blobs.size;
    expect(await open.storage.blobs.list()).toHaveLength(count);
    for (const digest of image.blobs.keys()) await open.call("DELETE", `/v2/bob/app/blobs/${digest}`);
    expect(await open.storage.blobs.list()).toHaveLength(count);
    for (const digest of image.blobs.keys())
      await hub.call("DELETE", `/v2/bob/app/blobs/${digest}`, { headers });
    expect(await open.storage.blobs.list()).toHaveLength(0);
  });
});
