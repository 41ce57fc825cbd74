/** A text in which the course's other lessons, where it names them by number, can be opened. */
import type { ReactElement } from "react";
import { useCourse } from "./CourseContext";
import { mentionsOf } from "./lesson-number";
import styles from "./LessonLinks.module.css";

export interface LessonLinksProps {
  readonly text: string;
  /** False for a lesson from elsewhere, whose numbers are its own. */
  readonly enabled: boolean;
}

export function LessonLinks({ text, enabled }: LessonLinksProps): ReactElement {
  const { store, course } = useCourse();
  if (!enabled) return <>{text}</>;
  const ids = course.course?.chapters.flatMap(({ lessons }) => lessons) ?? [];
  return (
    <>
      {mentionsOf(text, ids).map(({ text: words, id }, index) =>
        id === undefined ? (
          words
        ) : (
          <button key={index} type="button" className={styles.link} onClick={() => void store.openLesson(id)}>
            {words}
          </button>
        ),
      )}
    </>
  );
}
