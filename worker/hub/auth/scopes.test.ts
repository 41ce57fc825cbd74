import { describe, expect, it } from "vitest";
import { fromBase64, fromBase64Url, toBase64, toBase64Url } from "./base64";
import { formatScopes, parseScopes } from "./scopes";

describe("scopes", () => {
  it("are read from several parameters and from one with spaces", () => {
    const wanted = [
      { type: "repository", name: "library/nginx", actions: ["pull"] },
      { type: "repository", name: "bob/app", actions: ["pull", "push"] },
    ];
    const texts = ["repository:library/nginx:pull", "repository:bob/app:pull,push"];
    expect(parseScopes(texts)).toEqual(wanted);
    expect(parseScopes([texts.join(" ")])).toEqual(wanted);
    expect(parseScopes([])).toEqual([]);
    expect(parseScopes([""])).toEqual([]);
  });

  it("may have a port in the name, a class, and no action", () => {
    expect(parseScopes(["repository(plugin):host:5000/a:pull"])).toEqual([
      { type: "repository", name: "host:5000/a", actions: ["pull"] },
    ]);
    expect(parseScopes(["registry:catalog:*"])).toEqual([
      { type: "registry", name: "catalog", actions: ["*"] },
    ]);
    expect(parseScopes(["repository:a:"])).toEqual([{ type: "repository", name: "a", actions: [] }]);
  });

  it.each([
    "repository",
    "repository:a",
    ":a:pull",
    "repository::pull",
    "repository:a:PULL",
    "repository:a:pull,",
  ])("are not %j", (scope) => {
    expect(parseScopes([scope])).toBeUndefined();
  });

  it("are at most 64", () => {
    expect(parseScopes(Array<string>(64).fill("repository:a:pull"))).toHaveLength(64);
    expect(parseScopes(Array<string>(65).fill("repository:a:pull"))).toBeUndefined();
  });

  it("are written as clients read them", () => {
    const repository = (name: string, action: "pull" | "push") =>
      ({ type: "repository", name, action }) as const;
    const needs = [repository("b/a", "pull"), repository("b/a", "push"), repository("library/x", "pull")];
    expect(formatScopes(needs)).toBe("repository:b/a:pull,push repository:library/x:pull");
  });
});

describe("base64", () => {
  it("comes back as it went", () => {
    for (let length = 0; length < 70; length += 1) {
      const bytes = crypto.getRandomValues(new Uint8Array(length));
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
    }
  });

  it.each(["a", "=", "==", "a===", "ab=", "abcd=", "a b", "é", "ab=c", "abcde"])("refuses %j", (text) => {
    expect(fromBase64(text)).toBeUndefined();
    expect(fromBase64Url(text)).toBeUndefined();
  });
});
