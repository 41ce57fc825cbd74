import { describe, expect, it } from "vitest";
import { DrydockError, ERROR_CODES, messageOf, parseError, serialiseError } from "./errors";

const withoutPrototype = Object.create(null) as object;

describe("an error that crosses the boundary", () => {
  it.each(ERROR_CODES)("keeps its code %s, message, subject and stack", (code) => {
    const error = new DrydockError(code, "it broke", { subject: "a chunk", cause: new Error("why") });
    const back = parseError(structuredClone(serialiseError(error)));
    expect(back).toBeInstanceOf(DrydockError);
    expect(back).toMatchObject({ name: "DrydockError", code, message: "it broke", subject: "a chunk" });
    expect(back.stack).toBe(error.stack);
  });

  it("has no subject when it had none", () => {
    const plain = serialiseError(new DrydockError("network", "away"));
    expect("subject" in plain).toBe(false);
    expect(parseError(plain).subject).toBeUndefined();
  });

  it("is plain data without the cause", () => {
    const plain = serialiseError(new DrydockError("agent", "m", { cause: () => undefined }));
    expect(Object.getPrototypeOf(plain)).toBe(Object.prototype);
    expect(Object.keys(plain).sort()).toEqual(["code", "message", "stack"]);
  });
});

describe("serialiseError", () => {
  it("calls what has no code internal", () => {
    const error = new TypeError("not a function");
    expect(serialiseError(error)).toEqual({
      code: "internal",
      message: "not a function",
      stack: error.stack,
    });
  });

  it("knows what an AbortSignal throws", () => {
    expect(serialiseError(AbortSignal.abort().reason).code).toBe("aborted");
    const error = new Error("stop");
    error.name = "AbortError";
    expect(serialiseError(error).code).toBe("aborted");
  });

  it.each([
    ["a string", "oops", "oops"],
    ["nothing", undefined, "undefined"],
    ["null", null, "null"],
    ["a number", 7, "7"],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    ["an object", { code: "network" }, "[object Object]"],
    ["an object without a prototype", withoutPrototype, "[object Object]"],
  ])("takes %s that was thrown", (_, thrown, message) => {
    expect(serialiseError(thrown)).toEqual({ code: "internal", message });
    expect(messageOf(thrown)).toBe(message);
  });
});

describe("parseError", () => {
  it.each([
    ["nothing", undefined],
    ["null", null],
    ["a string", "network"],
    ["an empty object", {}],
    ["an object without a prototype", withoutPrototype],
    ["an array", [1, 2]],
    ["an unknown code", { code: "no-such-code", message: "m" }],
    ["no message", { code: "network" }],
    ["a message that is no text", { code: "network", message: 3 }],
    ["a subject that is no text", { code: "network", message: "m", subject: 3 }],
    ["a stack that is no text", { code: "network", message: "m", stack: {} }],
    ["a symbol", Symbol("s")],
  ])("makes an internal error of %s", (_, value) => {
    const error = parseError(value);
    expect(error).toBeInstanceOf(DrydockError);
    expect(error.code).toBe("internal");
    expect(error.message).toContain("unknown shape");
  });

  it("leaves out what it does not know", () => {
    expect(parseError({ code: "agent", message: "m", extra: 1 })).toMatchObject({
      code: "agent",
      message: "m",
    });
  });
});

describe("DrydockError", () => {
  it("has its cause, or no such property", () => {
    const cause = new Error("why");
    expect(new DrydockError("agent", "m", { cause }).cause).toBe(cause);
    expect("cause" in new DrydockError("agent", "m")).toBe(false);
  });
});
