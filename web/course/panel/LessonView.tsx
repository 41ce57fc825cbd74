/** One step of a lesson, with all that belongs to it. */
import { useEffect, useRef, type ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { classes } from "../../ui/classes";
import { Icon } from "../../ui/Icon";
import { useOutlines } from "../lessons/outlines";
import { useCourse } from "./CourseContext";
import type { CourseSnapshot } from "../store/course-snapshot";
import { Questions, Variables } from "./Fields";
import type { Lesson } from "../format/model";
import { MachinePlace } from "./MachinePlace";
import { missingImagesOf } from "./missing-images";
import { numberOf } from "./lesson-number";
import { Practice } from "./Practice";
import { Prose } from "./Prose";
import { StepHelp } from "./StepHelp";
import { StepStatus } from "./StepStatus";
import styles from "./LessonView.module.css";

export function LessonView({ lesson }: { readonly lesson: Lesson }): ReactElement | null {
  const { t, format } = useSpeech();
  const { course } = useCourse();
  const { index, outside, done, practising } = course;
  const step = lesson.steps[index];
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(`${lesson.id}/${index}`);
  useEffect(() => {
    // Another step: begin to read at its heading. Not when the lesson is first shown: the focus would be taken from where it is.
    const place = `${lesson.id}/${index}`;
    if (shown.current === place) return;
    shown.current = place;
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: "nearest" });
  }, [lesson.id, index]);
  if (step === undefined) return null;
  const place = `${lesson.id}/${step.id}`;
  const number = outside === undefined ? numberOf(lesson.id) : undefined;
  return (
    <article aria-labelledby="lesson-title">
      <h2 id="lesson-title">
        {number === undefined ? null : <span className={styles.number}>{t.course.lessonNumber(number)}</span>}
        {lesson.title}
      </h2>
      {lesson.minutes === undefined ? null : (
        <p className={classes("quiet", styles.minutes)}>{t.course.minutes(format.count(lesson.minutes))}</p>
      )}
      <Practice lessonId={lesson.id} />
      <StepDots lesson={lesson} />
      {outside === undefined ? null : <Consent outside={outside} />}
      <MissingImages lesson={lesson} />
      {index === 0 ? <Prose nodes={lesson.intro} /> : null}
      <Variables key={lesson.id} variables={lesson.variables} />
      <section data-testid="step" aria-labelledby="step-title">
        <p className={styles.count}>{t.course.stepOf(String(index + 1), String(lesson.steps.length))}</p>
        <h3 id="step-title" className={styles.stepTitle} tabIndex={-1} ref={heading}>
          {step.title}
        </h3>
        <MachinePlace />
        <Prose nodes={step.body} folded={course.folded} />
        <Questions key={place} asks={step.asks} />
        <Notice notice={course.notice} />
        {practising && done.has(place) ? <p className="quiet">{t.course.practising}</p> : null}
        <StepStatus step={step} result={course.result} done={done.has(place) && !practising} />
        <StepHelp step={step} />
      </section>
      <StepFooter lesson={lesson} />
    </article>
  );
}

function MissingImages({ lesson }: { readonly lesson: Lesson }): ReactElement | null {
  const { t } = useSpeech();
  const names = missingImagesOf(lesson);
  if (names.length === 0) return null;
  return (
    <Card as="p" tone="accent" className={styles.notice} data-kind="failed" role="note">
      {t.course.missingImages(names.join(", "))}
    </Card>
  );
}

function StepDots({ lesson }: { readonly lesson: Lesson }): ReactElement {
  const { t } = useSpeech();
  const { store, course } = useCourse();
  return (
    <nav aria-label={t.course.stepsLabel}>
      <ol className={styles.dots}>
        {lesson.steps.map((step, index) => {
          const done = course.done.has(`${lesson.id}/${step.id}`);
          return (
            <li key={step.id}>
              <Button
                className={styles.dot}
                data-done={done}
                aria-current={index === course.index ? "step" : undefined}
                label={`${index + 1}: ${step.title}${done ? t.course.stepDone : ""}`}
                title={step.title}
                onClick={() => void store.goTo(index)}
              >
                {done ? <Icon name="check" size={14} /> : index + 1}
              </Button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

function Consent({
  outside,
}: {
  readonly outside: NonNullable<CourseSnapshot["outside"]>;
}): ReactElement | null {
  const { t } = useSpeech();
  const { store } = useCourse();
  if (outside.agreed) return <p className={classes("quiet", styles.address)}>{outside.url}</p>;
  return (
    <Card as="section" tone="signal" className={styles.consent} aria-labelledby="consent-title">
      <h3 id="consent-title">{t.course.outsideHeading}</h3>
      <p className={styles.address}>{outside.url}</p>
      <p>{t.course.outsideBody}</p>
      <Button look="primary" onClick={() => store.agree()}>
        {t.course.agree}
      </Button>
    </Card>
  );
}

function Notice({ notice }: { readonly notice: CourseSnapshot["notice"] }): ReactElement {
  const { t } = useSpeech();
  const { store } = useCourse();
  const text =
    notice?.kind === "busy"
      ? t.course.busy
      : notice?.kind === "saved"
        ? t.course.saved(notice.path)
        : notice?.kind === "failed"
          ? t.course.actionFailed(notice.message)
          : undefined;
  return (
    <div role="status">
      {text === undefined ? null : (
        <Card as="p" tone="accent" className={styles.notice} data-kind={notice?.kind}>
          {text}
          {notice?.kind === "busy" ? (
            <Button onClick={() => store.focusTerminal()}>{t.course.focusTerminal}</Button>
          ) : null}
        </Card>
      )}
    </div>
  );
}

function StepFooter({ lesson }: { readonly lesson: Lesson }): ReactElement {
  const { t } = useSpeech();
  const { store, course } = useCourse();
  const { index, done, outside, points } = course;
  const step = lesson.steps[index];
  const isDone = step !== undefined && done.has(`${lesson.id}/${step.id}`);
  const last = index === lesson.steps.length - 1;
  const order = course.course?.chapters.flatMap(({ lessons }) => lessons) ?? [];
  const next = outside === undefined ? order[order.indexOf(lesson.id) + 1] : undefined;
  return (
    <footer className={styles.footer}>
      {last && isDone ? (
        <p className={styles.over}>
          {next === undefined && outside === undefined ? t.course.courseOver : t.course.lessonOver}
        </p>
      ) : null}
      <div className={styles.ways}>
        <Button disabled={index === 0} onClick={() => void store.goTo(index - 1)}>
          {t.course.previous}
        </Button>
        <Button
          title={points.start ? t.course.restartQuickHint : t.course.restartHint}
          disabled={course.preparation.kind === "working" || outside?.agreed === false}
          onClick={() => void store.restartStep()}
        >
          {t.course.restart}
        </Button>
        {points.end ? (
          <Button
            title={t.course.toPassHint}
            disabled={course.preparation.kind === "working"}
            onClick={() => void store.returnToPass()}
          >
            {t.course.toPass}
          </Button>
        ) : null}
        {last ? (
          next === undefined ? null : (
            <NextLesson id={next} primary={isDone} />
          )
        ) : (
          <Button look={isDone ? "primary" : "plain"} onClick={() => void store.goTo(index + 1)}>
            {t.course.next}
          </Button>
        )}
      </div>
    </footer>
  );
}

/** The way to the next lesson, by its title. */
function NextLesson({ id, primary }: { readonly id: string; readonly primary: boolean }): ReactElement {
  const { t, language } = useSpeech();
  const { store } = useCourse();
  const outlines = useOutlines();
  const title = outlines?.[id]?.title[language] ?? (outlines === undefined ? "…" : id);
  return (
    <Button look={primary ? "primary" : "plain"} onClick={() => void store.openLesson(id)}>
      {t.course.nextLesson(title)}
    </Button>
  );
}
