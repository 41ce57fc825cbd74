import { describe, expect, it } from "vitest";
import { encodeRequest, type ClientRequest } from "./request";

const text = (request: ClientRequest): string => String.fromCharCode(...encodeRequest(request));

describe("a request", () => {
  it("is written with its fields, and its body's length", () => {
    expect(text({ method: "GET", target: "/a?b=c", headers: [["Host", "localhost"]] })).toBe(
      "GET /a?b=c HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    expect(text({ method: "POST", target: "/", headers: [["X", "\xe9"]], body: Uint8Array.of(0, 255) })).toBe(
      "POST / HTTP/1.1\r\nX: \xe9\r\nContent-Length: 2\r\n\r\n\x00\xff",
    );
  });

  it("says the length of an empty body, and leaves a given one alone", () => {
    const body = new Uint8Array(0);
    expect(text({ method: "PUT", target: "/", headers: [], body })).toContain("Content-Length: 0");
    const given = text({ method: "PUT", target: "/", headers: [["content-length", "0"]], body });
    expect(given.match(/content-length/giu)).toHaveLength(1);
  });

  it.each<[string, Partial<ClientRequest>]>([
    ["a method that is no token", { method: "GE T" }],
    ["an empty method", { method: "" }],
    ["a target without a slash", { target: "x" }],
    ["a target with a space", { target: "/a b" }],
    ["a target with a line break", { target: "/a\r\nHost: evil" }],
    ["a target beyond ASCII", { target: "/ü" }],
    ["a name with a colon", { headers: [["a:b", "c"]] }],
    ["a value with a line break", { headers: [["a", "b\r\nInjected: yes"]] }],
    ["a value with a zero byte", { headers: [["a", "b\0"]] }],
    ["a value beyond one byte", { headers: [["a", "船"]] }],
  ])("is refused with %s", (_, change) => {
    expect(() => encodeRequest({ method: "GET", target: "/", headers: [], ...change })).toThrow(
      expect.objectContaining({ name: "HttpError", code: "bad-request" }),
    );
  });
});
