/** Hints one after the other, then the solution with its other routes. Shown on demand only. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Icon } from "../../ui/Icon";
import { useCourse } from "./CourseContext";
import type { Step } from "../format/model";
import { Prose } from "./Prose";

export function StepHelp({ step }: { readonly step: Step }): ReactElement | null {
  const { t } = useSpeech();
  const { store, course } = useCourse();
  const { hints, solution } = course;
  const solutionParts = [
    ...(step.solution === undefined ? [] : [{ heading: t.course.solutionHeading, body: step.solution.body }]),
    ...step.routes.map(({ body }) => ({ heading: t.course.routeHeading, body })),
  ];
  if (step.hints.length === 0 && solutionParts.length === 0) return null;
  return (
    <section className="step-help">
      {step.hints.slice(0, hints).map((body, index) => (
        <div key={index} className="step-help__part">
          <h3>{t.course.hintNumber(String(index + 1))}</h3>
          <Prose nodes={body} />
        </div>
      ))}
      {solution
        ? solutionParts.map(({ heading, body }, index) => (
            <div key={index} className="step-help__part">
              <h3>{heading}</h3>
              <Prose nodes={body} />
            </div>
          ))
        : null}
      <div className="step-help__actions">
        {hints < step.hints.length ? (
          <button type="button" className="button" onClick={() => store.showHint()}>
            <Icon name="bulb" size={16} />
            {hints === 0 ? t.course.hint : t.course.moreHint}
          </button>
        ) : null}
        {!solution && solutionParts.length > 0 ? (
          <button type="button" className="button" onClick={() => store.showSolution()}>
            {t.course.solution}
          </button>
        ) : null}
      </div>
    </section>
  );
}
