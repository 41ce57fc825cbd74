import { describe, expect, it } from "vitest";
import { preparePaste } from "./paste-text";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("preparePaste", () => {
  it("ends lines as the Enter key does", () => {
    expect(decode(preparePaste("a\r\nb\nc\rd", false).bytes)).toBe("a\rb\rc\rd");
  });

  it("is UTF-8, wide characters and all", () => {
    expect(decode(preparePaste("echo 你好 🐳", false).bytes)).toBe("echo 你好 🐳");
    expect(preparePaste("你", false).bytes).toEqual(new Uint8Array([0xe4, 0xbd, 0xa0]));
  });

  it("brackets the text for a guest that asked for it, and knows how to end early", () => {
    const { bytes, closing } = preparePaste("ls\n", true);
    expect(decode(bytes)).toBe("\u001b[200~ls\r\u001b[201~");
    expect(decode(closing)).toBe("\u001b[201~");
    expect(preparePaste("ls", false).closing.byteLength).toBe(0);
  });

  it("does not let the text close its own bracket", () => {
    const evil = "safe\u001b[201~\rrm -rf ~\r\u009b201~";
    const text = decode(preparePaste(evil, true).bytes);
    const inner = text.slice(6, -6);
    expect(inner.includes("\u001b") || inner.includes("\u009b")).toBe(false);
    expect(text.startsWith("\u001b[200~safe␛[201~")).toBe(true);
  });
});
