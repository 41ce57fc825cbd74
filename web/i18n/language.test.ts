import { describe, expect, it } from "vitest";
import { createFormat } from "./format";
import { chooseLanguage } from "./language";

describe("chooseLanguage", () => {
  it("takes the learner's choice before anything else", () => {
    expect(chooseLanguage("en", ["zh-CN"])).toBe("en");
    expect(chooseLanguage("zh-CN", ["en-GB"])).toBe("zh-CN");
  });

  it.each([
    [["zh-TW", "en"], "zh-CN"],
    [["ZH"], "zh-CN"],
    [["en-AU", "zh-CN"], "en"],
    [["fr-FR", "en-US"], "en"],
    [["fr-FR"], "zh-CN"],
    [["zhuang", "english"], "zh-CN"],
    [[], "zh-CN"],
  ] as const)("takes %j for %s", (preferred, language) => {
    expect(chooseLanguage("auto", preferred)).toBe(language);
  });
});

describe("createFormat", () => {
  const format = createFormat("en");

  it("writes bytes in a unit that suits", () => {
    expect(format.bytes(0)).toBe("0 bytes");
    expect(format.bytes(999)).toBe("999 bytes");
    expect(format.bytes(1000)).toBe("1 kB");
    expect(format.bytes(12_345_678)).toBe("12.3 MB");
    expect(format.bytes(141_000_000)).toBe("141 MB");
    expect(format.bytes(2_500_000_000_000)).toBe("2,500 GB");
    expect(createFormat("zh-CN").bytes(12_345_678)).toBe("12.3 MB");
    expect(createFormat("zh-CN").bytes(5)).toBe("5 字节");
  });

  it("groups large counts", () => {
    expect([0, 999, 1000, 1_234_567].map((count) => format.count(count))).toEqual([
      "0",
      "999",
      "1,000",
      "1,234,567",
    ]);
  });

  it("never says 100% before the end, nor more", () => {
    expect(format.percent(0.999)).toBe("99%");
    expect(format.percent(1)).toBe("100%");
    expect(format.percent(1.5)).toBe("100%");
    expect(format.percent(-1)).toBe("0%");
  });
});

describe("times", () => {
  const at = (day: number, hour: number, minute: number): number =>
    new Date(2026, 10, day, hour, minute).getTime();
  const now = at(27, 14, 3);

  it.each([
    [now - 59_000, "刚刚", "just now"],
    [now + 5_000, "刚刚", "just now"],
    [now - 60_000, "1 分钟前", "a minute ago"],
    [now - 59 * 60_000, "59 分钟前", "59 minutes ago"],
    [at(27, 9, 5), "今天 9:05", "today 9:05"],
    [at(26, 23, 59), "昨天 23:59", "yesterday 23:59"],
    [at(20, 14, 3), "2026 年 11 月 20 日 14:03", "on 20 Nov 2026, 14:03"],
  ])("%d is told as people do", (moment, chinese, english) => {
    expect(createFormat("zh-CN").time(moment, now)).toBe(chinese);
    expect(createFormat("en").time(moment, now)).toBe(english);
  });
});
