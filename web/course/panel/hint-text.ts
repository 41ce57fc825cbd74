/** A hint in words. */
import { CONTAINER_STATES } from "../../../contract/check-fields";
import type { CheckHint } from "../../../contract/checks";
import type { Language } from "../../i18n/language";
import type { Dictionary } from "../../i18n/zh-cn";
import { localise } from "../format/model";

export type HintWords = Pick<Dictionary, "lessonHints" | "containerStates">;

type Words = string | ((subject: string, expected: string, found: string) => string);

/** The lesson's own words when it has any; else those for the code; else something that is always true. */
export function hintText(hint: CheckHint, language: Language, t: HintWords): string {
  if (hint.says !== undefined) return localise(hint.says, language);
  const table: Readonly<Record<string, Words>> = t.lessonHints;
  const states: Readonly<Record<string, string>> = t.containerStates;
  const key = `${hint.kind}.${hint.field}`;
  const isState = hint.field === "state" || CONTAINER_STATES.some((state) => state === hint.found);
  const name = (text: string): string => (isState ? (states[text] ?? text) : text);
  const expected = name(hint.expected ?? "");
  const found = name(hint.found ?? "");
  const generic = hint.field === "missing" ? t.lessonHints.missing : t.lessonHints.other;
  const say = (Object.hasOwn(table, key) ? table[key] : undefined) ?? generic;
  return typeof say === "string" ? say : say(hint.subject, expected || "?", found || "?");
}
