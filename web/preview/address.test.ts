import { describe, expect, it } from "vitest";
import { parseAddress, portAddress, portLabel } from "./address";

describe("an address", () => {
  it.each([
    ["localhost", "http://localhost/"],
    [" http://localhost ", "http://localhost/"],
    ["localhost:8080", "http://localhost:8080/"],
    ["localhost:8080/a b?c=d#e", "http://localhost:8080/a%20b?c=d#e"],
    ["8080", "http://localhost:8080/"],
    ["8080/x", "http://localhost:8080/x"],
    [":3000/x", "http://localhost:3000/x"],
    ["HTTP://LOCALHOST:80/", "http://localhost/"],
    ["127.0.0.1:5000", "http://127.0.0.1:5000/"],
    ["0.0.0.0:5000", "http://0.0.0.0:5000/"],
    ["10.0.2.15", "http://10.0.2.15/"],
    ["[::1]:81", "http://[::1]:81/"],
    ["app.localhost", "http://app.localhost/"],
    ["/only/a/path", "http://localhost:9000/only/a/path"],
  ])("typed as %j is %s", (typed, href) => {
    const parsed = parseAddress(typed, new URL("http://localhost:9000/x"));
    expect(parsed.kind === "address" && parsed.url.href).toBe(href);
  });

  it.each([
    ["", "empty"],
    ["   ", "empty"],
    ["https://localhost", "https"],
    ["example.com", "outside"],
    ["https://example.com/x", "outside"],
    ["//example.com", "outside"],
    ["172.17.0.2", "outside"],
    ["localhost.example.com", "outside"],
    ["ftp://localhost", "not-an-address"],
    ["javascript://localhost/%0aalert(1)", "not-an-address"],
    ["localhost:99999", "not-an-address"],
    ["http://", "not-an-address"],
    ["hello world", "not-an-address"],
  ])("%j is not one: %s", (typed, kind) => {
    expect(parseAddress(typed).kind).toBe(kind);
  });

  it("of a port is as people say it", () => {
    expect(portAddress(80).href).toBe("http://localhost/");
    expect([portLabel(80), portLabel(8080)]).toEqual(["localhost", "localhost:8080"]);
  });
});
