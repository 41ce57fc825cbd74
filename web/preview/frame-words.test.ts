import { describe, expect, it } from "vitest";
import type { FrameWord } from "./frame/messages";
import { parseFrameWord } from "./frame-words";

const url = "http://localhost:8080/x";
const request = {
  method: "POST",
  url,
  headers: [["A", "b"]],
  body: Uint8Array.of(1),
  redirect: "follow",
} as const;
const good: FrameWord[] = [
  { type: "alive" },
  { type: "request", request },
  { type: "arrived", url, status: 200 },
  { type: "failed", url, failure: "refused", message: "" },
  { type: "download", url, name: "a.txt", bytes: Uint8Array.of(1) },
  { type: "no-content" },
  { type: "loaded" },
  { type: "title", title: "x" },
  { type: "go", request },
  { type: "outside", url: "https://example.com/" },
  { type: "pushed", url },
  { type: "replaced", url },
  { type: "go-history", delta: -1 },
  { type: "cookie", url, cookie: "a=1" },
  { type: "stored", area: "local", key: "a", value: "b" },
  { type: "stored", area: "session", key: "a", value: undefined },
];

describe("a word from the frame", () => {
  it.each(good.map((word) => [word.type, word] as const))("%s is taken", (_, word) => {
    expect(parseFrameWord(word)).toEqual(word);
  });

  it("is cut where it is too long to be shown", () => {
    expect(parseFrameWord({ type: "title", title: "x".repeat(9999) })).toEqual({
      type: "title",
      title: "x".repeat(200),
    });
  });

  it.each([
    undefined,
    null,
    "loaded",
    [],
    {},
    { type: "eval", code: "1" },
    { type: "arrived", url: "https://example.com/", status: 200 },
    { type: "arrived", url: "javascript:alert(1)", status: 200 },
    { type: "pushed", url: "http://example.com/" },
    { type: "failed", url, failure: "because", message: "" },
    { type: "go", request: { ...request, url: "http://example.com/" } },
    { type: "request", request: { ...request, headers: "x" } },
    { type: "download", url, name: "", bytes: Uint8Array.of(1) },
    { type: "download", url, name: "x", bytes: "text" },
    { type: "go-history", delta: 0.5 },
    { type: "stored", area: "app", key: "a", value: "b" },
    { type: "cookie", url, cookie: "x".repeat(9000) },
  ])("%j is passed over", (data) => {
    expect(parseFrameWord(data)).toBeUndefined();
  });
});
