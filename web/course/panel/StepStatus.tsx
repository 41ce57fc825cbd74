/** How the step stands: done, not yet and why, or broken and the way back. */
import type { ReactElement, ReactNode } from "react";
import type { StepResult } from "../../../contract/checks";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { useCourse } from "./CourseContext";
import type { Step } from "../format/model";
import { hintText } from "./hint-text";
import { mistakeMade } from "../format/mistakes";
import { Prose } from "./Prose";
import { MistakeWords, StepMistakes } from "./StepMistakes";
import styles from "./StepStatus.module.css";

export interface StepStatusProps {
  readonly step: Step;
  readonly result: StepResult | undefined;
  readonly done: boolean;
}

export function StepStatus({ step, result, done }: StepStatusProps): ReactElement {
  return (
    <>
      <div role="status">
        <Standing step={step} result={result} done={done} />
      </div>
      {done || result?.step.state === "pass" ? null : <CheckNow />}
    </>
  );
}

/** For those who do not want to wait for the next look. Beside the live region, which would read it out each time. */
function CheckNow(): ReactElement {
  const { t } = useSpeech();
  const { store, course } = useCourse();
  const { ready, preparation, outside } = course;
  return (
    <p className={styles.actions}>
      <Button
        title={t.course.checkNowHint}
        disabled={!ready || preparation.kind === "working" || outside?.agreed === false}
        onClick={() => store.checkNow()}
      >
        {t.course.checkNow}
      </Button>
    </p>
  );
}

function Standing({ step, result, done }: StepStatusProps): ReactElement {
  const { t, language } = useSpeech();
  const { store, course } = useCourse();
  if (done || result?.step.state === "pass") {
    return (
      <Banner tone="pass" icon="check" title={t.course.pass}>
        <h3 className={styles.proved}>{t.course.proved}</h3>
        <Prose nodes={step.proved} />
        <StepMistakes mistakes={step.mistakes} />
      </Banner>
    );
  }
  if (result === undefined) {
    return <Banner tone="waiting" title={course.ready ? t.course.waiting : t.course.checking} />;
  }
  const { hint } = result.step;
  const words = hint === undefined ? undefined : hintText(hint, language, t);
  if (result.step.state === "broken") {
    return (
      <Banner tone="broken" icon="alert" title={t.course.broken}>
        <p>{result.step.reason === "engine" ? t.course.brokenEngine : t.course.brokenNeeds}</p>
        {words === undefined ? null : <p>{words}</p>}
        <Button onClick={() => void store.restartStep()}>{t.course.backToStart}</Button>
      </Banner>
    );
  }
  // An open question is not a mistake.
  if (hint?.kind === "answer" && hint.field === "missing") {
    return <Banner tone="waiting" title={words ?? t.course.waiting} />;
  }
  const mistake = mistakeMade(step, result.step, course, course.values);
  return (
    <Banner tone="not-yet" title={t.course.notYet}>
      {words === undefined ? null : <p>{words}</p>}
      {mistake === undefined ? null : <MistakeWords mistake={mistake} />}
    </Banner>
  );
}

function Banner(props: {
  readonly tone: "pass" | "waiting" | "not-yet" | "broken";
  readonly icon?: "check" | "alert";
  readonly title: string;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <div className={styles.standing} data-testid="standing" data-tone={props.tone}>
      <p className={styles.title}>
        {props.icon === undefined ? null : <Icon name={props.icon} />}
        {props.title}
      </p>
      {props.children}
    </div>
  );
}
