/** The mistakes that others make in a step, once it is done: folded, as they are worth reading but in nobody's way. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import type { Mistake } from "../format/model";
import { Prose } from "./Prose";

export function StepMistakes({ mistakes }: { readonly mistakes: readonly Mistake[] }): ReactElement | null {
  const { t } = useSpeech();
  if (mistakes.length === 0) return null;
  return (
    <details>
      <summary>{t.course.mistakes}</summary>
      {mistakes.map((mistake, index) => (
        <section key={index}>
          {mistake.title === undefined ? null : <h4>{mistake.title}</h4>}
          <MistakeWords mistake={mistake} />
        </section>
      ))}
    </details>
  );
}

/** A mistake's text without its commands, which nobody should click. */
export function MistakeWords({ mistake }: { readonly mistake: Mistake }): ReactElement {
  return <Prose nodes={mistake.body.filter(({ type }) => type !== "code")} />;
}
