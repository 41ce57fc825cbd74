import { describe, expect, it } from "vitest";
import { readQuestion, readRelease, readState } from "./records";

const ID = "a".repeat(64);
const RELEASE = { format: 1, id: ID, shell: [{ path: "index.html", sha256: ID, bytes: 1 }], lessons: [] };

describe("what was written down", () => {
  it("is read as it is", () => {
    expect(readState(JSON.stringify({ current: ID }))).toEqual({ current: ID, previous: undefined });
    expect(readRelease(JSON.stringify(RELEASE))).toEqual(RELEASE);
  });

  it.each([undefined, "", "null", "7", "[", '"a"'])("is nothing when it is %j", (text) => {
    expect(readState(text)).toEqual({ current: undefined, previous: undefined });
    expect(readRelease(text)).toBeUndefined();
  });

  it.each([
    { format: 2 },
    { id: "x" },
    { shell: {} },
    { shell: [{ path: "index.html", sha256: "x", bytes: 1 }] },
    { shell: [{ path: 1, sha256: ID, bytes: 1 }] },
    { shell: [null] },
    { lessons: undefined },
  ])("is no release with %j", (change) => {
    expect(readRelease(JSON.stringify({ ...RELEASE, ...change }))).toBeUndefined();
  });
});

describe("a question", () => {
  it.each([{ type: "status" }, { type: "take" }, { type: "back" }, { type: "settled", release: ID }])(
    "can be %j",
    (question) => {
      expect(readQuestion(question)).toEqual(question);
    },
  );

  it.each([
    undefined,
    null,
    "take",
    7,
    {},
    { type: "drop" },
    { type: "settled" },
    { type: "settled", release: 1 },
  ])("is none when it is %j", (data) => {
    expect(readQuestion(data)).toBeUndefined();
  });
});
