/** A kept machine, and what went wrong with one, in words. */
import type { SerialisedError } from "../../contract/errors";
import type { RestorePoint, SavedSession } from "../../contract/sessions";
import type { Speech } from "../i18n/LanguageContext";
import type { PlaceText } from "./page-door";

/** What a machine is called: its name, or the lesson that it was in. */
export function sessionName(
  { name }: Pick<SavedSession, "name">,
  place: PlaceText | undefined,
  { t }: Pick<Speech, "t">,
): string {
  return name ?? place?.lesson ?? t.sessions.nameless;
}

export function failureReason(error: SerialisedError, { t }: Pick<Speech, "t">): string {
  const { reasons } = t.sessions.dialog;
  return error.code in reasons ? reasons[error.code as keyof typeof reasons] : error.message;
}

export function pointLabel({ kind, label }: RestorePoint, { t }: Pick<Speech, "t">): string {
  const { kinds } = t.sessions.menu;
  return kind in kinds ? kinds[kind as keyof typeof kinds](label) : label;
}

/** Why the machine that was chosen did not go on. */
export function problemText(error: SerialisedError, { t }: Pick<Speech, "t">): string {
  const { problems } = t.sessions.choice;
  switch (error.code) {
    case "session-in-use":
    case "session-taken":
    case "bad-save":
      return problems[error.code];
    default:
      return problems.other(error.message);
  }
}
