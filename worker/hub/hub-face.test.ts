import { describe, expect, it } from "vitest";
import { catalogueOf, makeImage } from "./testing/sample-images";
import { SampleRegistry, type Answer } from "./testing/sample-registry";
import { dockerHubRealm } from "./profiles";

const image = await makeImage({ layers: [{ "/a": "b" }] });
const web = await makeImage({ layers: [{ "/www": "hello" }] });
const catalogue = catalogueOf([{ name: "library/web", tags: { latest: web } }]);
const NOBODY = "";

function makeHub(): SampleRegistry {
  return new SampleRegistry("hub", { catalogue });
}

function basic(name: string, password = "pw"): Record<string, string> {
  return name === NOBODY ? {} : { authorization: `Basic ${btoa(`${name}:${password}`)}` };
}

async function bearer(
  hub: SampleRegistry,
  name: string,
  ...scopes: string[]
): Promise<Record<string, string>> {
  const query = new URLSearchParams({ service: "registry.docker.io" });
  for (const scope of scopes) query.append("scope", scope);
  const answer = await hub.call("GET", `/token?${query.toString()}`, { headers: basic(name) });
  const { token } = JSON.parse(answer.text) as { readonly token: string };
  return { authorization: `Bearer ${token}` };
}

/** As clients do it: ask, read the challenge, get the token that it names, ask again. */
async function ask(hub: SampleRegistry, name: string, method: string, path: string): Promise<Answer> {
  const first = await hub.call(method, path);
  expect(first.status).toBe(401);
  const scope = /scope="([^"]*)"/.exec(first.headers.get("www-authenticate") ?? "")?.[1] ?? "";
  return hub.call(method, path, { headers: await bearer(hub, name, scope) });
}

const challengeOf = (answer: Answer) => answer.headers.get("www-authenticate");

describe("Docker Hub's challenge", { timeout: 30_000 }, () => {
  it("comes with every request that has no token", async () => {
    const hub = makeHub();
    const base = await hub.call("GET", "/v2/");
    expect([base.status, base.codes]).toEqual([401, ["UNAUTHORIZED"]]);
    expect(challengeOf(base)).toBe('Bearer realm="http://registry.test/token",service="registry.docker.io"');
    const push = await hub.call("POST", "/v2/bob/app/blobs/uploads/");
    expect(challengeOf(push)).toContain('scope="repository:bob/app:pull,push"');
    const remove = await hub.call("DELETE", `/v2/bob/app/manifests/${image.digest}`);
    expect(challengeOf(remove)).toContain('scope="repository:bob/app:delete"');
    const mount = await hub.call("POST", `/v2/bob/app/blobs/uploads/?mount=${image.config}&from=library/web`);
    expect(challengeOf(mount)).toContain('scope="repository:bob/app:pull,push repository:library/web:pull"');
    expect(JSON.parse(push.text)).toMatchObject({
      errors: [
        {
          message: "authentication required",
          detail: [
            { Type: "repository", Class: "", Name: "bob/app", Action: "pull" },
            { Type: "repository", Class: "", Name: "bob/app", Action: "push" },
          ],
        },
      ],
    });
  });

  it("leads to the token service by the client's own scheme", () => {
    expect(dockerHubRealm(new URL("https://registry-1.docker.io/v2/"))).toBe("https://auth.docker.io/token");
    expect(dockerHubRealm(new URL("http://registry-1.docker.io/v2/"))).toBe("http://auth.docker.io/token");
  });

  it("calls a bad token invalid, expired or made up", async () => {
    const hub = makeHub();
    const headers = await bearer(hub, "bob");
    expect((await hub.call("GET", "/v2/", { headers })).status).toBe(200);
    hub.time += 300_000;
    const expired = await hub.call("GET", "/v2/", { headers });
    expect([expired.status, expired.codes]).toEqual([401, ["UNAUTHORIZED"]]);
    expect(challengeOf(expired)).toContain('error="invalid_token"');
    for (const authorization of ["Bearer x.y.z", `${headers["authorization"] ?? ""}x`]) {
      const answer = await hub.call("GET", "/v2/", { headers: { authorization } });
      expect(challengeOf(answer)).toContain('error="invalid_token"');
    }
    const password = await hub.call("GET", "/v2/", { headers: basic("bob") });
    expect(password.status).toBe(401);
  });

  it("does not take a token for what it was not given for", async () => {
    const hub = makeHub();
    const headers = await bearer(hub, "bob", "repository:library/web:pull");
    const answer = await hub.call("GET", "/v2/bob/app/tags/list", { headers });
    expect(challengeOf(answer)).toContain('error="insufficient_scope"');
  });
});

describe("who may do what", { timeout: 30_000 }, () => {
  it("lets anybody pull what exists", async () => {
    const hub = makeHub();
    const manifest = await ask(hub, NOBODY, "GET", "/v2/library/web/manifests/latest");
    expect(manifest.bytes).toEqual(web.manifest);
    const blob = await ask(hub, NOBODY, "GET", `/v2/library/web/blobs/${web.layers[0] ?? ""}`);
    expect(blob.status).toBe(200);
  });

  it.each([
    "/v2/library/nosuch/manifests/latest",
    "/v2/eve/app/manifests/1",
    "/v2/web/manifests/latest",
    "/v2/a/b/c/tags/list",
  ])("denies %s, whether it exists or not", async (path) => {
    for (const name of [NOBODY, "bob"]) {
      const answer = await ask(makeHub(), name, "GET", path);
      expect([answer.status, answer.codes]).toEqual([401, ["UNAUTHORIZED"]]);
      expect(challengeOf(answer)).toContain('error="insufficient_scope"');
    }
  });

  it("does not know a tag of a repository that exists, nor the owner's own repository before its first push", async () => {
    const hub = makeHub();
    const tag = await ask(hub, NOBODY, "GET", "/v2/library/web/manifests/nope");
    expect([tag.status, tag.codes]).toEqual([404, ["MANIFEST_UNKNOWN"]]);
    expect(tag.text).toContain("manifest unknown");
    const own = await ask(hub, "bob", "GET", "/v2/bob/new/manifests/latest");
    expect([own.status, own.codes]).toEqual([404, ["MANIFEST_UNKNOWN"]]);
    const tags = await ask(hub, "bob", "GET", "/v2/bob/new/tags/list");
    expect([tags.status, tags.codes]).toEqual([404, ["NAME_UNKNOWN"]]);
    expect(tags.text).toContain("repository name not known to registry");
  });

  it("says of an image that this build lacks why it is not there", async () => {
    const missing = [{ name: "library/nginx", why: "the mirror had no packages" }];
    const hub = new SampleRegistry("hub", { catalogue: catalogueOf([], { missing }) });
    const answer = await ask(hub, NOBODY, "GET", "/v2/library/nginx/manifests/latest");
    expect([answer.status, answer.codes]).toEqual([404, ["MANIFEST_UNKNOWN"]]);
    expect(answer.text).toContain("library/nginx is not in this build, because the mirror had no packages");
  });

  it("says of an image that no build has what there is instead, in the answer and to the page", async () => {
    const notices: unknown[] = [];
    const hub = new SampleRegistry("hub", {
      catalogue: catalogueOf([], {
        absent: [{ name: "library/mongo", instead: ["library/redis", "acme/db"] }],
      }),
      onNotice: (notice) => notices.push(notice),
    });
    const answer = await ask(hub, NOBODY, "GET", "/v2/library/mongo/manifests/4");
    expect([answer.status, answer.codes]).toEqual([404, ["MANIFEST_UNKNOWN"]]);
    expect(answer.text).toContain("manifest unknown: mongo is not in this hub, which has redis, acme/db");
    expect(notices).toEqual([{ kind: "absent", image: "mongo:4", instead: ["redis", "acme/db"] }]);
  });

  it("answers to a tag that is played, and says by what; one for Windows is refused with a word", async () => {
    const notices: unknown[] = [];
    const played = { tags: ["3.8"], image, by: "web:latest" };
    const hub = new SampleRegistry("hub", {
      catalogue: catalogueOf([{ name: "library/web", tags: { latest: web }, played }]),
      onNotice: (notice) => notices.push(notice),
    });
    const answer = await ask(hub, NOBODY, "GET", "/v2/library/web/manifests/3.8");
    expect(answer.headers.get("docker-content-digest")).toBe(image.digest);
    expect(notices).toEqual([{ kind: "played", image: "web:3.8", by: "web:latest" }]);
    for (const reference of ["latest", image.digest]) {
      expect((await ask(hub, NOBODY, "GET", `/v2/library/web/manifests/${reference}`)).status).toBe(200);
    }
    const tags = await ask(hub, NOBODY, "GET", "/v2/library/web/tags/list");
    expect(JSON.parse(tags.text)).toEqual({ name: "library/web", tags: ["latest"] });
    const windows = await ask(hub, NOBODY, "GET", "/v2/library/web/manifests/3.8-nanoserver");
    expect([windows.status, windows.codes]).toEqual([404, ["MANIFEST_UNKNOWN"]]);
    expect(windows.text).toContain("web:3.8-nanoserver is for Windows, and this machine runs Linux");
    expect(notices).toHaveLength(1);
  });

  it("lets a name push to its own namespace, and everybody pull from there", async () => {
    const hub = makeHub();
    const headers = await bearer(hub, "bob", "repository:bob/app:push,pull");
    expect((await hub.pushImage("bob/app", "1.0", image, headers)).status).toBe(201);
    const pulled = await ask(hub, NOBODY, "GET", "/v2/bob/app/manifests/1.0");
    expect(pulled.bytes).toEqual(image.manifest);
  });

  it.each([
    [NOBODY, "bob/app"],
    ["eve", "bob/app"],
    ["bob", "library/web"],
    ["bob", "bobby/app"],
    ["bob", "bob/deep/app"],
    ["bob", "bob"],
  ])("denies a push by %j to %s", async (name, repository) => {
    const hub = makeHub();
    const answer = await ask(hub, name, "POST", `/v2/${repository}/blobs/uploads/`);
    expect([answer.status, answer.codes]).toEqual([401, ["UNAUTHORIZED"]]);
    expect(challengeOf(answer)).toContain('error="insufficient_scope"');
    expect(await hub.storage.metadata.keys("repository/")).toEqual([]);
  });

  it("lets only the owner delete", async () => {
    const hub = makeHub();
    await hub.pushImage("bob/app", "1.0", image, await bearer(hub, "bob", "repository:bob/app:push,pull"));
    const path = `/v2/bob/app/manifests/${image.digest}`;
    expect((await ask(hub, "eve", "DELETE", path)).status).toBe(401);
    expect((await ask(hub, "bob", "DELETE", path)).status).toBe(202);
    const star = await bearer(hub, "bob", "repository:bob/app:*");
    expect((await hub.call("DELETE", path, { headers: star })).status).toBe(404);
  });

  it("mounts from the catalogue, and does not lend its layers otherwise", async () => {
    const hub = makeHub();
    const layer = web.layers[0] ?? "";
    expect((await ask(hub, "bob", "HEAD", `/v2/bob/app/blobs/${layer}`)).status).toBe(404);
    const mount = await ask(hub, "bob", "POST", `/v2/bob/app/blobs/uploads/?mount=${layer}&from=library/web`);
    expect(mount.status).toBe(201);
    expect((await ask(hub, "bob", "HEAD", `/v2/bob/app/blobs/${layer}`)).status).toBe(200);
    const foreign = await ask(hub, "bob", "POST", `/v2/bob/app/blobs/uploads/?mount=${layer}&from=eve/app`);
    expect(foreign.status).toBe(401);
  });

  it("shows the catalog to nobody", async () => {
    const answer = await ask(makeHub(), "bob", "GET", "/v2/_catalog");
    expect(challengeOf(answer)).toContain('scope="registry:catalog:*",error="insufficient_scope"');
  });
});
