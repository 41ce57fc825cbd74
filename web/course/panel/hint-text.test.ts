import { describe, expect, it } from "vitest";
import type { CheckHint } from "../../../contract/checks";
import { CHECK_KINDS, hintFields } from "../../../worker/checks/kinds";
import { en } from "../../i18n/en";
import { zhCN } from "../../i18n/zh-cn";
import { hintText } from "./hint-text";

const hint: CheckHint = {
  code: "container.state",
  kind: "container",
  field: "state",
  subject: "web",
  expected: "running",
};

describe("hintText", () => {
  it("has words for every code, and names the thing", () => {
    for (const kind of CHECK_KINDS) {
      for (const field of hintFields(kind)) {
        const each: CheckHint = { ...hint, kind, field, found: "x" };
        for (const [language, words] of [
          ["zh-CN", zhCN],
          ["en", en],
        ] as const) {
          const text = hintText(each, language, words);
          expect(text).not.toContain("undefined");
          if (kind !== "answer")
            expect([kind, field, text]).toEqual([kind, field, expect.stringContaining("web")]);
        }
      }
    }
  });

  it("names states", () => {
    expect(hintText({ ...hint, found: "exited" }, "zh-CN", zhCN)).toContain("已退出");
    expect(hintText({ ...hint, found: "starting" }, "en", en)).toContain("a few more seconds");
  });

  it("prefers the lesson's own words", () => {
    const says = { "zh-CN": "再试试", en: "try again" };
    expect(hintText({ ...hint, says }, "en", en)).toBe("try again");
    expect(hintText({ ...hint, says: "单语" }, "en", en)).toBe("单语");
  });
});
