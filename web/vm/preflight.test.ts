import { describe, expect, it } from "vitest";
import { checkBrowser, memoryHint, type BrowserFeatures } from "./preflight";

const able: BrowserFeatures = {
  webAssembly: WebAssembly,
  moduleWorkers: true,
  secureContext: true,
  deviceMemory: 8,
  appleMobile: false,
};

describe("checkBrowser", () => {
  it("passes a browser that has everything", () => {
    expect(checkBrowser(able)).toBeUndefined();
  });

  it("refuses a page that came over plain HTTP before anything else", () => {
    const error = checkBrowser({ ...able, secureContext: false, webAssembly: undefined });
    expect(error).toMatchObject({ code: "insecure-origin" });
  });

  it("names WebAssembly when it is missing", () => {
    const error = checkBrowser({ ...able, webAssembly: undefined });
    expect(error).toMatchObject({ code: "no-webassembly", subject: "WebAssembly" });
  });

  it("names WebAssembly when the page's policy forbids it", () => {
    const refuse = (): never => {
      throw new Error("Refused to compile WebAssembly");
    };
    const error = checkBrowser({
      ...able,
      webAssembly: {
        Module: class extends WebAssembly.Module {
          constructor() {
            super(refuse());
          }
        },
      },
    });
    expect(error).toMatchObject({ code: "no-webassembly", subject: "WebAssembly" });
  });

  it("names module workers when they are missing", () => {
    expect(checkBrowser({ ...able, moduleWorkers: false })).toMatchObject({ subject: "module Worker" });
  });
});

describe("memoryHint", () => {
  it("warns of little memory, and of iPhones and iPads whatever they say", () => {
    expect(memoryHint(able)).toBeUndefined();
    expect(memoryHint({ ...able, deviceMemory: undefined })).toBeUndefined();
    expect(memoryHint({ ...able, deviceMemory: 4 })).toBeUndefined();
    expect(memoryHint({ ...able, deviceMemory: 2 })).toBe("small-memory");
    expect(memoryHint({ ...able, deviceMemory: 2, appleMobile: true })).toBe("apple-mobile");
  });
});
