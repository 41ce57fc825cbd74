/** The headings of the third level: each names a part of its step. */
import type { Language } from "../../i18n/language";

const SECTIONS = ["hint", "solution", "route", "mistake", "proved"] as const;
export type Section = (typeof SECTIONS)[number];

export const SECTION_HEADINGS: Readonly<Record<Language, Readonly<Record<Section, string>>>> = {
  "zh-CN": {
    hint: "提示",
    solution: "答案",
    route: "另一种做法",
    mistake: "常见错误",
    proved: "你刚刚证明了",
  },
  en: {
    hint: "Hint",
    solution: "Solution",
    route: "Another way",
    mistake: "Common mistake",
    proved: "What you just proved",
  },
};

/** What a heading names in a language; words after a colon are the author's own ("提示：看端口"). */
export function sectionOf(heading: string, language: Language): Section | undefined {
  const [name = ""] = heading.split(/[:：]/u);
  return SECTIONS.find((section) => SECTION_HEADINGS[language][section] === name.trim());
}
