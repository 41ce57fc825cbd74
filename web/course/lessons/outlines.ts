/** What the contents say of each lesson, for the list of all and the way to the next. */
import { useEffect, useState } from "react";
import type { Contents } from "../format/compiled";
import { siteCourse } from "./content";

export type Outlines = Contents["lessons"];
export type LessonOutline = Outlines[string];

/** By the lessons' ids; undefined until they are there, empty when they cannot be had. */
export function useOutlines(): Partial<Outlines> | undefined {
  const [outlines, setOutlines] = useState<Partial<Outlines>>();
  useEffect(() => {
    let wanted = true;
    siteCourse.contents().then(
      ({ lessons }) => {
        if (wanted) setOutlines(lessons);
      },
      () => {
        // The list works with the lessons' ids.
        if (wanted) setOutlines({});
      },
    );
    return () => {
      wanted = false;
    };
  }, []);
  return outlines;
}
