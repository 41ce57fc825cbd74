import { describe, expect, it } from "vitest";
import { en } from "./en";
import { zhCN } from "./zh-cn";

/** Every text with its path; texts with gaps are filled with marks that must show up in the result. */
function texts(node: unknown, path = ""): { path: string; text: string; marks: string[] }[] {
  if (typeof node === "string") return [{ path, text: node, marks: [] }];
  if (typeof node === "function") {
    const marks = Array.from({ length: node.length }, (_, index) => `⟦${index}⟧`);
    return [{ path: `${path}()`, text: String(Reflect.apply(node, undefined, marks)), marks }];
  }
  if (typeof node !== "object" || node === null)
    throw new Error(`${path} is neither a text nor a group of texts`);
  return Object.entries(node).flatMap(([key, child]) => texts(child, path === "" ? key : `${path}.${key}`));
}

const chinese = texts(zhCN);
const english = texts(en);
/** Names that are the same in every language. */
const NAMES = new Set(["product.name", "title.starting()", "keyBar.escape", "keyBar.tab", "keyBar.control"]);

describe("the dictionaries", () => {
  it("have the same texts, lists of the same length included", () => {
    expect(english.map(({ path }) => path)).toEqual(chinese.map(({ path }) => path));
  });

  it.each([...chinese, ...english])("has something to say at $path", ({ text, marks }) => {
    expect(text.trim()).not.toBe("");
    for (const mark of marks) expect(text).toContain(mark);
  });

  it("are each in their own language", () => {
    const han = /\p{Script=Han}/u;
    for (const { path, text } of english) expect([path, han.test(text)]).toEqual([path, false]);
    for (const { path, text } of chinese) {
      if (NAMES.has(path)) continue;
      // Only what stands between words.
      if (text.replace(/⟦\d⟧/gu, "").replace(/[\s\p{P}]/gu, "") === "") continue;
      expect([path, han.test(text)]).toEqual([path, true]);
    }
  });

  it("write Chinese with Chinese punctuation", () => {
    for (const { path, text } of chinese) {
      expect([path, /\p{Script=Han}[,;:!?.]|[,;:!?]\p{Script=Han}/u.test(text)]).toEqual([path, false]);
    }
  });
});
