/** Hints one after the other, then the solution with its other routes. Shown on demand only. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { useCourse } from "./CourseContext";
import type { Step } from "../format/model";
import { Prose } from "./Prose";
import styles from "./StepHelp.module.css";

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
    <section className={styles.help}>
      {step.hints.slice(0, hints).map((body, index) => (
        <div key={index} className={styles.part}>
          <h3>{t.course.hintNumber(String(index + 1))}</h3>
          <Prose nodes={body} />
        </div>
      ))}
      {solution
        ? solutionParts.map(({ heading, body }, index) => (
            <div key={index} className={styles.part}>
              <h3>{heading}</h3>
              <Prose nodes={body} />
            </div>
          ))
        : null}
      <div className={styles.actions}>
        {hints < step.hints.length ? (
          <Button icon="bulb" onClick={() => store.showHint()}>
            {hints === 0 ? t.course.hint : t.course.moreHint}
          </Button>
        ) : null}
        {!solution && solutionParts.length > 0 ? (
          <Button onClick={() => store.showSolution()}>{t.course.solution}</Button>
        ) : null}
      </div>
    </section>
  );
}
