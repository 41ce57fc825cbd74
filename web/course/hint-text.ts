/** A hint in words. */
import { CONTAINER_STATES, type CheckHint } from "../../worker/check-spec";
import type { Language } from "../i18n/language";
import type { Dictionary } from "../i18n/zh-cn";
import { localise } from "./format/model";

type Words = string | ((subject: string, expected: string, found: string) => string);

/** What a container's states are called. `starting` is ours: it runs, but has not for long enough. */
const STATES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  "zh-CN": {
    running: "运行中（running）",
    starting: "刚刚启动，还要再看几秒",
    exited: "已退出（exited）",
    created: "已创建、未启动（created）",
    paused: "已暂停（paused）",
    restarting: "反复重启（restarting）",
    absent: "不存在",
  },
  en: {
    starting: "just started: a few more seconds",
    restarting: "restarting again and again",
    absent: "gone",
  },
};

/** The lesson's own words when it has any; else those for the code; else something that is always true. */
export function hintText(hint: CheckHint, language: Language, words: Dictionary["lessonHints"]): string {
  if (hint.says !== undefined) return localise(hint.says, language);
  const table: Readonly<Record<string, Words>> = words;
  const key = `${hint.kind}.${hint.field}`;
  const isState = hint.field === "state" || CONTAINER_STATES.some((state) => state === hint.found);
  const name = (text: string): string => (isState ? (STATES[language][text] ?? text) : text);
  const expected = name(hint.expected ?? "");
  const found = name(hint.found ?? "");
  const generic = hint.field === "missing" ? words.missing : words.other;
  const say = (Object.hasOwn(table, key) ? table[key] : undefined) ?? generic;
  return typeof say === "string" ? say : say(hint.subject, expected || "?", found || "?");
}
