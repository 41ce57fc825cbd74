import { describe, expect, it } from "vitest";
import type { GuestHead } from "../../../contract/guest-request";
import { checkAnswer, checkPreflight, needsPreflight, preflightHeaders } from "./cors";

const ORIGIN = "http://localhost:8080";
const head = (fields: Record<string, string>, status = 200): GuestHead => ({
  status,
  reason: "",
  headers: Object.entries(fields),
  url: "http://localhost:3000/",
  redirected: false,
  cookie: "",
});

describe("a request to another port", () => {
  it("is asked for first when a form could not send it", () => {
    expect(
      needsPreflight("GET", [
        ["Accept", "x"],
        ["Origin", ORIGIN],
      ]),
    ).toBe(false);
    expect(needsPreflight("POST", [["Content-Type", "text/plain;charset=UTF-8"]])).toBe(false);
    expect(needsPreflight("POST", [["content-type", "application/json"]])).toBe(true);
    expect(needsPreflight("PUT", [])).toBe(true);
    expect(needsPreflight("GET", [["X-Own", "1"]])).toBe(true);
    expect(
      preflightHeaders("PUT", [
        ["X-B", "1"],
        ["X-A", "2"],
      ]),
    ).toEqual([
      ["Access-Control-Request-Method", "PUT"],
      ["Access-Control-Request-Headers", "x-a,x-b"],
    ]);
    expect(preflightHeaders("DELETE", [])).toHaveLength(1);
  });

  it("may be read by whom its server names", () => {
    expect(() => checkAnswer(head({ "Access-Control-Allow-Origin": "*" }), ORIGIN)).not.toThrow();
    expect(() => checkAnswer(head({ "access-control-allow-origin": ORIGIN }), ORIGIN)).not.toThrow();
    for (const fields of [
      {},
      { "Access-Control-Allow-Origin": "http://localhost" },
      { "Access-Control-Allow-Origin": "null" },
    ])
      expect(() => checkAnswer(head(fields as Record<string, string>), ORIGIN)).toThrow(TypeError);
  });

  it("may be sent when the preflight says so", () => {
    const allowing = {
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Methods": "PUT, delete",
      "Access-Control-Allow-Headers": "X-A,content-type",
    };
    const json: [string, string][] = [["Content-Type", "application/json"]];
    expect(() => checkPreflight(head(allowing, 204), ORIGIN, "PUT", json)).not.toThrow();
    expect(() => checkPreflight(head(allowing), ORIGIN, "POST", json)).not.toThrow();
    expect(() => checkPreflight(head(allowing), ORIGIN, "PATCH", [])).toThrow(/PATCH/u);
    expect(() => checkPreflight(head(allowing), ORIGIN, "PUT", [["X-B", "1"]])).toThrow(/x-b/u);
    expect(() => checkPreflight(head(allowing, 404), ORIGIN, "PUT", [])).toThrow(/404/u);
    expect(() => checkPreflight(head({}), ORIGIN, "PUT", [])).toThrow(TypeError);
  });
});
