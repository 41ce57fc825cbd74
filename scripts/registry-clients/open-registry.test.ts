import { describe, expect, it } from "vitest";
import { parseTarget } from "./open-registry";

describe("DRYDOCK_REGISTRY", () => {
  it("may say who asks, and what the names begin with", () => {
    expect(parseTarget("http://pat:se%40cret@127.0.0.1:5000/pat/tests")).toEqual({
      url: "http://127.0.0.1:5000",
      host: "127.0.0.1:5000",
      namespace: "pat/tests",
      credentials: { name: "pat", password: "se@cret" },
    });
    expect(parseTarget("https://registry.test")).toEqual({
      url: "https://registry.test",
      host: "registry.test",
      namespace: "clients",
      credentials: undefined,
    });
  });

  it.each(["127.0.0.1:5000", "ftp://registry.test", ""])("refuses %j", (text) => {
    expect(() => parseTarget(text)).toThrow("no URL");
  });
});
