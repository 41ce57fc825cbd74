/** Ways to practise: with the commands folded away, and again from the beginning. */
import type { ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import { useCourse } from "./CourseContext";
import styles from "./Practice.module.css";

/** @param lessonId whose steps can be forgotten; of all lessons without */
export function Practice({ lessonId }: { readonly lessonId?: string }): ReactElement {
  const { t } = useSpeech();
  const { store, course } = useCourse();
  const { folded, done, forgotten } = course;
  const some = [...done].some((place) => lessonId === undefined || place.startsWith(`${lessonId}/`));
  return (
    <div className={styles.practice}>
      <Button size="s" pressed={folded} title={t.course.foldHint} onClick={() => store.setFolded(!folded)}>
        {t.course.fold}
      </Button>
      {some ? (
        <Button size="s" onClick={() => store.forget(lessonId)}>
          {lessonId === undefined ? t.course.forgetAll : t.course.forgetLesson}
        </Button>
      ) : null}
      <span role="status">
        {forgotten === undefined ? null : (
          <>
            {t.course.forgotten}{" "}
            <Button size="s" onClick={() => store.undoForget()}>
              {t.course.undo}
            </Button>
          </>
        )}
      </span>
    </div>
  );
}
