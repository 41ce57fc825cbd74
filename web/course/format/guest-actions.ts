/** A lesson's actions and starting points as what the machine is asked to do, the learner's values filled in. */
import type { CheckRequest, GuestAction } from "../../../contract/checks";
import type { Check } from "../../../worker/checks/kinds";
import { keyBytes } from "./keys";
import type { Lesson, Step } from "./model";
import type { Action } from "./prose";
import type { Start } from "./schema";
import { fillData, fillText, type Values } from "./variables";

/** Reads a file of a lesson's folder `files/`. */
export type ReadLessonFile = (name: string) => Promise<Uint8Array<ArrayBuffer>>;

/** What an action asks of the machine; undefined for an answer, which does not concern the machine. */
export function toGuestAction(action: Action, values: Values): GuestAction | undefined {
  switch (action.type) {
    case "run":
      return { ...action, command: fillText(action.command, values) };
    case "keys":
      return {
        type: "keys",
        bytes: action.keys.map((key) => keyBytes(key) ?? ""),
        terminal: action.terminal,
      };
    case "file":
      return {
        type: "file",
        path: fillText(action.path, values),
        content: fillText(action.text, values),
        mode: action.mode,
      };
    case "answer":
      return undefined;
  }
}

/** What a starting point asks of the machine, without its `after`. */
export async function startActions(
  start: Start | undefined,
  values: Values,
  readFile: ReadLessonFile,
): Promise<GuestAction[]> {
  const actions: GuestAction[] = [];
  for (const { path, from, text, mode } of start?.files ?? []) {
    const content = from === undefined ? fillText(text ?? "", values) : await readFile(from);
    actions.push({ type: "file", path: fillText(path, values), content, mode: mode ?? "644" });
  }
  if (start?.run !== undefined) actions.push({ type: "script", script: fillText(start.run, values) });
  return actions;
}

/** What the worker is asked about a step. */
export function checkRequest(
  lesson: Lesson,
  step: Step,
  values: Values,
  sinceMs: number,
  answers: Values,
): CheckRequest<Check> {
  return {
    step: `${lesson.id}/${step.id}`,
    checks: fillData([...step.checks], values),
    needs: fillData([...step.needs], values),
    sinceMs,
    answers: { ...answers },
  };
}
