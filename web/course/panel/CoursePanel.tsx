/** The column beside the terminal: a lesson, or the list of all. */
import { useEffect, type ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Icon } from "../../ui/Icon";
import { Contents } from "./Contents";
import { CourseProvider, useCourse } from "./CourseContext";
import type { CourseStore } from "../store/course-store";
import { LessonView } from "./LessonView";
import "./course.css";

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
    <aside className="course-panel" aria-label={t.course.title}>
      <div className="course-panel__bar">
        <button
          type="button"
          className="course-button"
          aria-pressed={course.view === "contents"}
          onClick={() => store.showContents()}
        >
          <Icon name="list" />
          {t.course.contents}
        </button>
        <button
          type="button"
          className="course-button"
          aria-label={t.course.close}
          title={t.course.close}
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </div>
      {/* Scrolled by keyboard as well. */}
      <div className="course-panel__body" tabIndex={0} role="group" aria-label={t.course.title}>
        {course.view === "contents" ? <Contents /> : <Shown />}
      </div>
    </aside>
  );
}

function Shown(): ReactElement {
  const { t } = useSpeech();
  const { store, course } = useCourse();
  if (course.loading) return <p className="quiet">{t.course.loading}</p>;
  if (course.failure !== undefined) {
    return (
      <div role="alert">
        <h2 className="lesson__title">{t.course.failed}</h2>
        <p>{course.failure}</p>
        <button type="button" className="button" onClick={() => store.showContents()}>
          {t.course.contents}
        </button>
      </div>
    );
  }
  return course.lesson === undefined ? (
    <Contents />
  ) : (
    <LessonView key={course.lesson.id} lesson={course.lesson} />
  );
}
