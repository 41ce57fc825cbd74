/** A lesson from somewhere else (`?lesson=URL`): raw Markdown that was not reviewed. */
import { DrydockError } from "../../../contract/errors";
import type { Language } from "../../i18n/language";
import type { Diagnostic } from "../format/diagnostics";
import type { Lesson } from "../format/model";
import { parseLesson } from "../format/parse-lesson";
import { fetchOk } from "./fetch-ok";

export const MAX_LESSON_BYTES = 256 * 1024;
const FETCH_MS = 20_000;

export interface OutsideLesson {
  readonly lesson: Lesson;
  readonly diagnostics: readonly Diagnostic[];
  readonly text: string;
  /** The server asks for looks: the lesson is being written. */
  readonly watched: boolean;
}

/**
 * Fetches and reads it, without cookies.
 * @throws DrydockError `network`; `bad-request` when it is too large or no lesson
 */
export async function fetchLesson(
  url: URL,
  language: Language,
  fetchText: typeof fetch = fetch,
): Promise<OutsideLesson> {
  const { text, watched } = await readText(url, fetchText);
  // No other lesson can have this id. The learner's progress is stored under it.
  const id = `${url.origin}${url.pathname}`;
  const { lesson, diagnostics } = parseLesson({ id, file: url.pathname, text, language });
  if (lesson === undefined) {
    const [first] = diagnostics;
    const why = first === undefined ? "" : `${first.line}: ${first.message}`;
    throw new DrydockError("bad-request", why, { subject: url.href });
  }
  return { lesson: withoutFiles(lesson), diagnostics, text, watched };
}

/** `from` and `after` belong to courses: there is no folder and no other lesson here. */
function withoutFiles(lesson: Lesson): Lesson {
  const clean = (start: Lesson["start"]): Lesson["start"] =>
    start && {
      ...(start.run === undefined ? {} : { run: start.run }),
      files: (start.files ?? []).filter(({ from }) => from === undefined),
    };
  const steps = lesson.steps.map((step) => ({ ...step, start: clean(step.start) }));
  return { ...lesson, start: clean(lesson.start), steps };
}

function readText(url: URL, fetchText: typeof fetch): Promise<{ text: string; watched: boolean }> {
  const request = (): Promise<Response> =>
    fetchText(url, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(FETCH_MS),
    });
  return fetchOk(url.href, request, async (response) => {
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    let text = "";
    let bytes = 0;
    for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
      bytes += piece.value.length;
      if (bytes > MAX_LESSON_BYTES) {
        await reader?.cancel();
        throw new DrydockError("bad-request", `more than ${MAX_LESSON_BYTES} bytes`, { subject: url.href });
      }
      text += decoder.decode(piece.value, { stream: true });
    }
    return { text: text + decoder.decode(), watched: response.headers.has("x-drydock-watch") };
  });
}
