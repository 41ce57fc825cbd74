import { describe, expect, it } from "vitest";
import { brokenStream, SampleRegistry, type Answer, type SampleCall } from "../testing/sample-registry";

const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` });
const form = (fields: Record<string, string>): SampleCall => ({
  body: new URLSearchParams(fields).toString(),
  headers: { "content-type": "application/x-www-form-urlencoded" },
});
const details = (answer: Answer) => (JSON.parse(answer.text) as { readonly details?: string }).details;

interface TokenAnswer {
  readonly token: string;
  readonly access_token: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token?: string;
}
const tokenOf = (answer: Answer) => JSON.parse(answer.text) as TokenAnswer;

describe("logging in", { timeout: 30_000 }, () => {
  it("makes an account at its first use, and knows its password from then on", async () => {
    const hub = new SampleRegistry("hub");
    const login = (text: string) =>
      hub.call("GET", "/token?service=registry.docker.io", { headers: basic(text) });
    expect((await login("bob:secret")).status).toBe(200);
    expect((await login("bob:secret")).status).toBe(200);
    const wrong = await login("bob:other");
    expect([wrong.status, details(wrong)]).toEqual([401, "incorrect username or password"]);
    expect((await login("eve:other")).status).toBe(200);
  });

  it("remembers accounts in the storage, and no password in the clear", async () => {
    const hub = new SampleRegistry("hub");
    await hub.call("GET", "/token", { headers: basic("bob:pass:with:colons") });
    const [key = ""] = await hub.storage.metadata.keys("account/");
    expect(await hub.storage.metadata.get(key)).not.toContain("colons");
    const later = new SampleRegistry("hub", { storage: hub.storage });
    expect((await later.call("GET", "/token", { headers: basic("bob:pass") })).status).toBe(401);
    expect((await later.call("GET", "/token", { headers: basic("bob:pass:with:colons") })).status).toBe(200);
  });

  it("does not take a form that breaks off for a failure of its own", async () => {
    const hub = new SampleRegistry("hub");
    const { headers = {} } = form({});
    const body = brokenStream([new TextEncoder().encode("grant_type=pass")]);
    const answer = await hub.call("POST", "/token", { headers, body });
    expect([answer.status, details(answer)]).toEqual([400, "the form broke off"]);
    expect(hub.failures).toEqual([]);
  });

  it("registers a name once when two logins race", async () => {
    const hub = new SampleRegistry("hub");
    const logins = ["a", "b", "c"].map((word) =>
      hub.call("GET", "/token", { headers: basic(`bob:${word}`) }),
    );
    const statuses = (await Promise.all(logins)).map((answer) => answer.status);
    expect(statuses).toEqual([200, 401, 401]);
  });

  it.each([
    "library:x",
    "bob:",
    ":x",
    "B:x",
    "Bob:x",
    "b:x",
    "a b:x",
    "bob/app:x",
    `${"a".repeat(31)}:x`,
    "a@b.c:x",
    `bob:${"x".repeat(2000)}`,
  ])("refuses %j", async (text) => {
    const answer = await new SampleRegistry("hub").call("GET", "/token", { headers: basic(text) });
    expect(answer.status).toBe(401);
    expect(details(answer)).toMatch(/^incorrect username/);
  });

  it.each(["Basic", "Basic !", "Basic YQ==", "Bearer x", "Digest a=b", "Basic a b"])(
    "refuses the header %j",
    async (authorization) => {
      const answer = await new SampleRegistry("hub").call("GET", "/token", { headers: { authorization } });
      expect([answer.status, details(answer)]).toEqual([401, "malformed credentials"]);
    },
  );
});

describe("the token endpoint", { timeout: 30_000 }, () => {
  it("gives nobody a token for nothing in particular", async () => {
    const answer = await new SampleRegistry("hub").call("GET", "/token?service=registry.docker.io");
    const { token, access_token, expires_in, scope } = tokenOf(answer);
    expect([access_token, expires_in, scope]).toEqual([token, 300, ""]);
  });

  it("grants of the scopes what the name may have", async () => {
    const hub = new SampleRegistry("hub");
    const path =
      "/token?scope=repository:bob/app:pull,push,fly&scope=repository:eve/app:pull&scope=registry:catalog:*";
    const answer = await hub.call("GET", path, { headers: basic("bob:pw") });
    expect(tokenOf(answer).scope).toBe("repository:bob/app:pull,push");
  });

  it.each(["?scope=nonsense", "?service=elsewhere", `?${"scope=repository:a/b:pull&".repeat(65)}`])(
    "refuses %s",
    async (query) => {
      expect((await new SampleRegistry("hub").call("GET", `/token${query}`)).status).toBe(400);
    },
  );

  it("is read or posted to", async () => {
    const answer = await new SampleRegistry("hub").call("PUT", "/token");
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, POST"]);
  });

  it("takes the OAuth form, and refreshes what was offline", async () => {
    const hub = new SampleRegistry("hub");
    const common = {
      service: "registry.docker.io",
      client_id: "buildkit",
      scope: "repository:bob/app:pull,push",
    };
    const login = { ...common, grant_type: "password", username: "bob", password: "pw" };
    const first = tokenOf(await hub.call("POST", "/token", form({ ...login, access_type: "offline" })));
    expect(first.scope).toBe("repository:bob/app:pull,push");
    expect(tokenOf(await hub.call("POST", "/token", form(login))).refresh_token).toBeUndefined();
    const refresh = { ...common, grant_type: "refresh_token", refresh_token: first.refresh_token ?? "" };
    hub.time += 3_600_000;
    const second = tokenOf(await hub.call("POST", "/token", form(refresh)));
    const headers = { authorization: `Bearer ${second.access_token}` };
    expect((await hub.call("POST", "/v2/bob/app/blobs/uploads/", { headers })).status).toBe(202);
    const swapped = { ...refresh, refresh_token: second.access_token };
    expect((await hub.call("POST", "/token", form(swapped))).status).toBe(401);
    const asAccess = { authorization: `Bearer ${first.refresh_token ?? ""}` };
    expect((await hub.call("GET", "/v2/", { headers: asAccess })).status).toBe(401);
  });

  it.each([
    [{ grant_type: "password", username: "bob", password: "" }, 401],
    [{ grant_type: "password" }, 401],
    [{ grant_type: "refresh_token" }, 401],
    [{ grant_type: "magic" }, 400],
    [{}, 400],
    [{ grant_type: "password", username: "bob", password: "x", scope: "::" }, 400],
    [{ grant_type: "password", username: "bob", password: "x", service: "y" }, 400],
    [{ grant_type: "password", username: "bob", password: "x".repeat(70_000) }, 413],
  ])("refuses the form %j", async (fields: Record<string, string>, status: number) => {
    expect((await new SampleRegistry("hub").call("POST", "/token", form(fields))).status).toBe(status);
  });

  it("refuses a body that is no form", async () => {
    const headers = { "content-type": "application/json" };
    expect((await new SampleRegistry("hub").call("POST", "/token", { body: "{}", headers })).status).toBe(
      400,
    );
  });
});
