/**
 * For tests of the terminals: what xterm.js and its place ask of a page before they are drawn. To be imported before
 * them. Parsing, modes and input are xterm.js' own.
 */
import { vi } from "vitest";

class TestElement extends EventTarget {
  className = "";
  readonly dataset = {};
  readonly clientWidth = 0;
  readonly clientHeight = 0;
}

vi.stubGlobal("navigator", { userAgent: "Linux", platform: "Linux", language: "en" });
vi.stubGlobal("window", globalThis);
vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined }));
vi.stubGlobal("getComputedStyle", () => ({ getPropertyValue: () => "#123456" }));
vi.stubGlobal("document", { createElement: () => new TestElement() });
