/** The language for React: the dictionary and the number formats of the one that is spoken. */
import { createContext, use, useEffect, useMemo, type ReactElement, type ReactNode } from "react";
import { en } from "./en";
import { createFormat, type Format } from "./format";
import { DEFAULT_LANGUAGE, type Language } from "./language";
import { zhCN, type Dictionary } from "./zh-cn";

export interface Speech {
  readonly language: Language;
  readonly t: Dictionary;
  readonly format: Format;
}

const DICTIONARIES: Readonly<Record<Language, Dictionary>> = { "zh-CN": zhCN, en };

function speak(language: Language): Speech {
  return { language, t: DICTIONARIES[language], format: createFormat(language) };
}

const LanguageContext = createContext<Speech>(speak(DEFAULT_LANGUAGE));

/** Also keeps `<html lang>` right, for screen readers, hyphenation and the choice of Chinese glyphs. */
export function LanguageProvider(props: {
  readonly language: Language;
  readonly children: ReactNode;
}): ReactElement {
  const { language, children } = props;
  const speech = useMemo(() => speak(language), [language]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <LanguageContext value={speech}>{children}</LanguageContext>;
}

export function useSpeech(): Speech {
  return use(LanguageContext);
}
