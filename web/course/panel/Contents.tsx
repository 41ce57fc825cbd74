/** All chapters with their lessons, and how much of each is done. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { useCourse } from "./CourseContext";
import { useOutlines } from "../lessons/outlines";
import { numberOf } from "./lesson-number";
import { countDone, lessonState } from "./lesson-state";
import { Practice } from "./Practice";
import styles from "./Contents.module.css";

export function Contents(): ReactElement | null {
  const { t, language, format } = useSpeech();
  const { store, course } = useCourse();
  const outlines = useOutlines();
  if (course.course === undefined) return null;
  const all = Object.entries(outlines ?? {}).flatMap(([id, outline]) =>
    outline === undefined ? [] : [{ id, outline }],
  );
  const total = all.reduce((sum, { outline }) => sum + outline.steps.length, 0);
  const finished = all.reduce((sum, { id, outline }) => sum + countDone(id, outline, course.done), 0);
  return (
    <div className={styles.contents}>
      <h2>{course.course.title[language]}</h2>
      <p className="quiet">{course.course.summary[language]}</p>
      <p className="quiet">{t.course.contentsHint}</p>
      {total === 0 ? null : <p>{t.course.progress(format.count(finished), format.count(total))}</p>}
      <Practice />
      {course.course.chapters.map((chapter) => (
        <section key={chapter.id} aria-labelledby={`chapter-${chapter.id}`}>
          <h3 id={`chapter-${chapter.id}`}>{chapter.title[language]}</h3>
          <ol className={styles.lessons}>
            {chapter.lessons.map((id) => {
              const outline = outlines?.[id];
              return (
                <li key={id}>
                  <Button
                    look="quiet"
                    className={styles.lesson}
                    aria-current={course.lesson?.id === id ? "page" : undefined}
                    onClick={() => void store.openLesson(id)}
                  >
                    <span>
                      {numberOf(id) === undefined ? null : (
                        <span className={styles.number}>{numberOf(id)}</span>
                      )}
                      {outline?.title[language] ?? (outlines === undefined ? "…" : id)}
                    </span>
                    <span className={styles.state}>
                      {outline === undefined ? "" : lessonState(id, outline, course.done, { t, format })}
                    </span>
                  </Button>
                </li>
              );
            })}
          </ol>
        </section>
      ))}
    </div>
  );
}
