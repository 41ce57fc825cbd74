import { describe, expect, it } from "vitest";
import { PlatformWatch } from "./platform-watch";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const PULL = "no matching manifest for linux/amd64 in the manifest list entries\r\n";
const BUILD = "ERROR: nginx: no match for platform in manifest: not found\r\n";

describe("the watch for platforms that are not here", () => {
  it("finds Docker's words for a pull and for a build", () => {
    const watch = new PlatformWatch();
    expect(watch.push(bytes(`alpine: Pulling from library/nginx\r\n${PULL}`))).toEqual(["linux/amd64"]);
    expect(watch.push(bytes(BUILD))).toEqual([""]);
    expect(watch.push(bytes(PULL.replace("amd64", "arm64/v8") + PULL))).toEqual([
      "linux/arm64/v8",
      "linux/amd64",
    ]);
  });

  it("finds them once, however the bytes are cut, between others that are no text", () => {
    for (let at = 1; at < PULL.length; at++) {
      const watch = new PlatformWatch();
      const found = [
        bytes("\u001b[31m你好 "),
        bytes(PULL.slice(0, at)),
        bytes(PULL.slice(at)),
        Uint8Array.of(0xff, 0xfe, 0),
      ].flatMap((part) => watch.push(part));
      expect(found).toEqual(["linux/amd64"]);
    }
  });

  it("finds nothing else", () => {
    const watch = new PlatformWatch();
    expect(watch.push(bytes("no matching manifest for \n in the manifest list"))).toEqual([]);
    expect(watch.push(bytes("x".repeat(100_000)))).toEqual([]);
  });
});
