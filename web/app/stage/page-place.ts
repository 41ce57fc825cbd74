/**
 * The page's own part of a saved machine: tabs, lesson, preview. One schema, by which it is checked when it comes back,
 * be it from this browser's storage or out of a file from anywhere.
 */
import { z } from "zod";
import { MAX_PLACE_CHARS, MAX_SCREEN_CHARS, MAX_TEXT_CHARS, type PagePart } from "../../../contract/sessions";
// Not by the rooms' doors, behind which there is all of their code.
import { coursePlaceSchema } from "../../course/store/course-place";
import { keptTerminalsSchema } from "../../terminal/kept-terminals";
import type { TerminalSessions } from "../../terminal";
import type { PageDoor, PlaceText } from "../../sessions/page-door";
import type { CourseDesk } from "./course-desk";
import { previewPlaceSchema, type PreviewDesk } from "./preview-desk";

const placeSchema = z.object({
  /** Raised when an older page could not make anything of a newer one's. */
  version: z.literal(1),
  terminals: keptTerminalsSchema,
  course: coursePlaceSchema.optional().catch(undefined),
  preview: previewPlaceSchema.optional().catch(undefined),
});

export type Place = Readonly<z.infer<typeof placeSchema>>;

/** What was kept of the page; undefined when it makes no sense. Never throws. */
export function readPlace(text: string | undefined): Place | undefined {
  if (text === undefined) return undefined;
  try {
    return placeSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // No JSON: the machine goes on without the page's part.
    return undefined;
  }
}

/** The lesson of a kept page and its step, for people; undefined when there was none. */
export function describePlace(text: string | undefined): PlaceText | undefined {
  const at = readPlace(text)?.course?.at;
  return at === undefined ? undefined : { lesson: at.lessonTitle, step: at.stepTitle };
}

export interface PageParts {
  /** Undefined until their code is there. */
  readonly terminals: () => TerminalSessions | undefined;
  readonly course: Pick<CourseDesk, "place" | "resume">;
  readonly preview: Pick<PreviewDesk, "place" | "resume">;
}

export function pageDoor({ terminals, course, preview }: PageParts): PageDoor {
  return {
    keep: async () => {
      const known = terminals();
      if (known === undefined) return undefined;
      // The rest is of this moment, too, and not of when the terminals have been drawn.
      const others = { course: course.place, preview: preview.place };
      const kept = await known.keep();
      const encoder = new TextEncoder();
      const screens = kept.terminals.map(({ screen, ...frame }) => {
        const held = screen.length <= MAX_SCREEN_CHARS ? screen : "";
        return { frame: { ...frame, bytes: encoder.encode(held).byteLength }, screen: held };
      });
      const place: Place = {
        version: 1,
        terminals: { tabs: kept.tabs, frames: screens.map(({ frame }) => frame) },
        ...others,
      };
      return {
        terminals: screens.map(({ frame, screen }) => ({ console: frame.console, screen })),
        text: kept.text.slice(-MAX_TEXT_CHARS),
        place: writePlace(place),
      } satisfies PagePart;
    },
    resume: (text) => {
      const place = readPlace(text);
      if (place === undefined) return;
      if (place.course !== undefined) course.resume(place.course);
      if (place.preview !== undefined) preview.resume(place.preview);
    },
    settle: () => terminals()?.settle(),
  };
}

/** What the learner has typed into a lesson may be of any length: without it all the rest is still worth keeping. */
function writePlace(place: Place): string {
  const text = JSON.stringify(place);
  if (text.length <= MAX_PLACE_CHARS || place.course === undefined) return text;
  return JSON.stringify({ ...place, course: { ...place.course, answers: {} } } satisfies Place);
}
