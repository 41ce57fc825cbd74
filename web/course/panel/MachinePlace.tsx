/** Whether the machine is where the step begins: on its way there, somewhere else, or it could not be brought there. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { useCourse } from "./CourseContext";
import styles from "./MachinePlace.module.css";

export function MachinePlace(): ReactElement | null {
  const { t } = useSpeech();
  const { store, course } = useCourse();
  const { ready, step, preparation, atStep, outside, index } = course;
  if (outside?.agreed === false) return null;
  if (preparation.kind === "working") {
    const { title, done, total } = preparation;
    return (
      <Card tone="accent" className={styles.place} role="status">
        <p>{ready ? t.course.preparingStep(title) : t.course.preparing}</p>
        <progress aria-label={t.course.preparing} value={done} max={total} />
      </Card>
    );
  }
  if (preparation.kind === "failed") {
    return (
      <Card tone="accent" className={styles.place} role="alert">
        <p>{t.course.prepareFailed}</p>
        <p className={styles.why}>{preparation.message}</p>
        <Button onClick={() => void store.restartStep()}>{t.course.retry}</Button>
      </Card>
    );
  }
  const begun = atStep || course.result?.step.state === "pass";
  if (begun || !ready || step === undefined || (index === 0 && course.result === undefined)) return null;
  return (
    <Card tone="accent" className={styles.place}>
      <p>{t.course.elsewhere}</p>
      <Button onClick={() => void store.prepare()}>{t.course.prepare}</Button>
    </Card>
  );
}
