/** A lesson's diagram, drawn in the page's colours. Pictures of lessons from elsewhere are named, not fetched. */
import { useEffect, useState, type ReactElement } from "react";
import { useSpeech } from "../../i18n/LanguageContext";
import { loadPicture } from "../lessons/content";
import styles from "./Picture.module.css";

export interface PictureProps {
  readonly url: string;
  readonly alt: string;
  readonly lessonId: string;
  readonly trusted: boolean;
}

export function Picture({ url, alt, lessonId, trusted }: PictureProps): ReactElement {
  const { t } = useSpeech();
  const [svg, setSvg] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (!trusted) return;
    let wanted = true;
    loadPicture(lessonId, url).then(
      (text) => {
        if (wanted) setSvg(text);
      },
      () => {
        // Its words stand in its place.
      },
    );
    return () => {
      wanted = false;
    };
  }, [url, lessonId, trusted]);
  if (svg === undefined) return <span className={styles.words}>{`${t.course.picture}: ${alt}`}</span>;
  // Part of the app, looked through by `npm run lessons:lint`; never of a lesson from elsewhere.
  return (
    <span className={styles.picture} role="img" aria-label={alt} dangerouslySetInnerHTML={{ __html: svg }} />
  );
}
