/** Whether the machine is where the step begins: on its way there, somewhere else, or it could not be brought there. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { useCourse } from "./CourseContext";

export function MachinePlace(): ReactElement | null {
  const { t } = useSpeech();
  const { store, course } = useCourse();
  const { ready, step, preparation, atStep, outside, index } = course;
  if (outside?.agreed === false) return null;
  if (preparation.kind === "working") {
    const { title, done, total } = preparation;
    return (
      <div className="machine-place" role="status">
        <p>{ready ? t.course.preparingStep(title) : t.course.preparing}</p>
        <progress aria-label={t.course.preparing} value={done} max={total} />
      </div>
    );
  }
  if (preparation.kind === "failed") {
    return (
      <div className="machine-place" role="alert">
        <p>{t.course.prepareFailed}</p>
        <p className="machine-place__why">{preparation.message}</p>
        <button type="button" className="button" onClick={() => void store.restartStep()}>
          {t.course.retry}
        </button>
      </div>
    );
  }
  const begun = atStep || course.result?.step.state === "pass";
  if (begun || !ready || step === undefined || (index === 0 && course.result === undefined)) return null;
  return (
    <div className="machine-place">
      <p>{t.course.elsewhere}</p>
      <button type="button" className="button" onClick={() => void store.prepare()}>
        {t.course.prepare}
      </button>
    </div>
  );
}
