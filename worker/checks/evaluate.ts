/** The checks of one step to one answer: pass, not yet with a hint, or broken. */
import {
  kindOf,
  type Check,
  type CheckHint,
  type CheckKind,
  type CheckRequest,
  type CheckResult,
  type StepResult,
} from "../check-spec";
import { checkContainer } from "./container";
import { EngineSilent, Round, type CheckDoors, type Miss } from "./doors";
import { checkImage, checkNetwork, checkVolume } from "./objects";
import { checkAnswer, checkFile, checkHttp, checkShell } from "./programs";
import { checkCompose, checkEvent, checkRegistry } from "./states";

export interface Evaluation extends StepResult {
  /** Something may come true by time alone: worth another look in a while. */
  readonly soon: boolean;
}

/**
 * Looks at everything once. A daemon that does not answer makes the step broken; so does a `needs` that does not hold,
 * unless the step is done all the same.
 *
 * @throws DrydockError `aborted` by the signal, `agent` when the machine is gone
 */
export async function evaluateStep(
  request: CheckRequest,
  doors: CheckDoors,
  signal: AbortSignal,
): Promise<Evaluation> {
  const round = new Round(doors, signal);
  const results: CheckResult[] = [];
  let soon = false;
  try {
    for (const check of request.checks) {
      const miss = await evaluate(check, request, round);
      soon ||= miss?.soon === true;
      results.push(miss === undefined ? { state: "pass" } : { state: "not-yet", hint: hintOf(check, miss) });
    }
    const first = results.find(({ state }) => state !== "pass");
    if (first === undefined) return { step: { state: "pass" }, checks: results, soon: false };
    for (const check of request.needs) {
      const miss = await evaluate(check, request, round);
      if (miss === undefined) continue;
      soon ||= miss.soon === true;
      // What has only just started is not broken.
      if (miss.found === "starting") continue;
      return { step: { state: "broken", reason: "needs", hint: hintOf(check, miss) }, checks: results, soon };
    }
    return { step: first, checks: results, soon };
  } catch (error) {
    if (!(error instanceof EngineSilent)) throw error;
    // dockerd may be restarting, as lessons ask for: look again.
    return { step: { state: "broken", reason: "engine" }, checks: results, soon: true };
  }
}

function evaluate(check: Check, request: CheckRequest, round: Round): Promise<Miss | undefined> {
  if ("answer" in check) return checkAnswer(check, request.answers, round);
  if ("file" in check) return checkFile(check, round);
  if ("container" in check) return checkContainer(check, round);
  if ("image" in check) return checkImage(check, round);
  if ("volume" in check) return checkVolume(check, round);
  if ("network" in check) return checkNetwork(check, round);
  if ("http" in check) return checkHttp(check, round);
  if ("registry" in check) return checkRegistry(check, round);
  if ("compose" in check) return checkCompose(check, round);
  if ("event" in check) return checkEvent(check, request.sinceMs, round);
  return checkShell(check, round);
}

function hintOf(check: Check, { field, expected, found }: Miss): CheckHint {
  const kind = kindOf(check) ?? "shell";
  const name = check.id ?? ("answer" in check ? check.answer : kind);
  return {
    code: `${name}.${field}`,
    kind,
    field,
    subject: subjectOf(check, kind),
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found }),
    ...(check.hint === undefined ? {} : { says: check.hint }),
  };
}

function subjectOf(check: Check, kind: CheckKind): string {
  const value: unknown = Object.entries(check).find(([key]) => key === kind)?.[1];
  return typeof value === "string" ? value : "";
}
