/** The column beside the terminal: a lesson, or the list of all. */
import { useEffect, type ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Contents } from "./Contents";
import { CourseProvider, useCourse } from "./CourseContext";
import type { CourseStore } from "../store/course-store";
import { LessonView } from "./LessonView";
import styles from "./CoursePanel.module.css";

export interface CoursePanelProps {
  readonly onClose: () => void;
}

export function CoursePanel({
  store,
  onClose,
}: CoursePanelProps & { readonly store: CourseStore }): ReactElement {
  return (
    <CourseProvider store={store}>
      <Panel onClose={onClose} />
    </CourseProvider>
  );
}

function Panel({ onClose }: CoursePanelProps): ReactElement {
  const { t, language } = useSpeech();
  const { store, course } = useCourse();
  useEffect(() => {
    void store.setLanguage(language);
  }, [store, language]);
  return (
    <Card as="aside" kind="pane" aria-label={t.course.title}>
      <div className={styles.bar}>
        <Button
          look="quiet"
          icon="list"
          pressed={course.view === "contents"}
          onClick={() => store.showContents()}
        >
          {t.course.contents}
        </Button>
        <Button look="quiet" icon="close" label={t.course.close} onClick={onClose} />
      </div>
      {/* Scrolled by keyboard as well. */}
      <div className={styles.body} tabIndex={0} role="group" aria-label={t.course.title}>
        {course.view === "contents" ? <Contents /> : <Shown />}
      </div>
    </Card>
  );
}

function Shown(): ReactElement {
  const { t } = useSpeech();
  const { store, course } = useCourse();
  if (course.loading) return <p className="quiet">{t.course.loading}</p>;
  if (course.failure !== undefined) {
    return (
      <div role="alert">
        <h2>{t.course.failed}</h2>
        <p>{course.failure}</p>
        <Button onClick={() => store.showContents()}>{t.course.contents}</Button>
      </div>
    );
  }
  return course.lesson === undefined ? (
    <Contents />
  ) : (
    <LessonView key={course.lesson.id} lesson={course.lesson} />
  );
}
