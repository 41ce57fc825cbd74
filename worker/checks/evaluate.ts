/** The checks of one step to one answer: pass, not yet with a hint, or broken. */
import type { z } from "zod";
import type { CheckHint, CheckResult, StepResult } from "../../contract/checks";
import { EngineError } from "../docker/errors";
import { kindOf, kinds, nameOf, type Check } from "./kinds";
import type { Kind } from "./kinds/kind";
import type { StepRequest } from "./request";
import { Round, type CheckDoors, type Miss } from "./round";

export interface Evaluation extends StepResult {
  /** Something may come true by time alone: worth another look in a while. */
  readonly soon: boolean;
}

/**
 * Looks at everything once. A daemon that does not answer makes the step broken; so does a `needs` that does not hold,
 * unless the step is done nevertheless.
 *
 * @throws DrydockError `aborted` by the signal, `agent` when the machine is gone
 */
export async function evaluateStep(
  request: StepRequest,
  doors: CheckDoors,
  signal: AbortSignal,
): Promise<Evaluation> {
  const round = new Round(doors, signal, request);
  const results: CheckResult[] = [];
  let soon = false;
  try {
    for (const check of request.checks) {
      const miss = await evaluate(check, round);
      soon ||= miss?.soon === true;
      results.push(miss === undefined ? { state: "pass" } : { state: "not-yet", hint: hintOf(check, miss) });
    }
    const first = results.find(({ state }) => state !== "pass");
    if (first === undefined) return { step: { state: "pass" }, checks: results, soon: false };
    for (const check of request.needs) {
      const miss = await evaluate(check, round);
      if (miss === undefined) continue;
      soon ||= miss.soon === true;
      // What has only just started is not broken.
      if (miss.found === "starting") continue;
      return { step: { state: "broken", reason: "needs", hint: hintOf(check, miss) }, checks: results, soon };
    }
    return { step: first, checks: results, soon };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // dockerd may be restarting, as lessons ask for: look again.
    return { step: { state: "broken", reason: "engine" }, checks: results, soon: true };
  }
}

function evaluate(check: Check, round: Round): Promise<Miss | undefined> {
  const kind: Kind<z.ZodObject> = kinds[kindOf(check)];
  return kind.run(check, round);
}

function hintOf(check: Check, { field, expected, found }: Miss): CheckHint {
  const kind = kindOf(check);
  const subject: unknown = Object.entries(check).find(([key]) => key === kind)?.[1];
  return {
    code: `${nameOf(check)}.${field}`,
    kind,
    field,
    subject: typeof subject === "string" ? subject : "",
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found }),
    ...(check.hint === undefined ? {} : { says: check.hint }),
  };
}
