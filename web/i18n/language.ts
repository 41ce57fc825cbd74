/** Which language the app speaks: the learner's choice, else the browser's first that we have, else Chinese. */
export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

export const DEFAULT_LANGUAGE: Language = "zh-CN";

/** `preferred` are BCP 47 tags, the most wanted first (`navigator.languages`). */
export function chooseLanguage(choice: Language | "auto", preferred: readonly string[]): Language {
  if (choice !== "auto") return choice;
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split("-")[0];
    if (primary === "zh") return "zh-CN";
    if (primary === "en") return "en";
  }
  return DEFAULT_LANGUAGE;
}
