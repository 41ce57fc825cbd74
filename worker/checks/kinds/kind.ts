/** What a kind of check is made of. */
import type { z } from "zod";
import type { Miss, Round } from "../round";

export interface Kind<Schema extends z.ZodObject> {
  /** The check as a lesson writes it. The field named like the kind says which thing is looked at. */
  readonly schema: Schema;
  /**
   * Looks once; undefined when the check holds.
   * @throws EngineError when the daemon does not answer, or not as its API says; and as `Round.run`
   */
  run(check: z.infer<Schema>, round: Round): Promise<Miss | undefined>;
  /** The fields of a `Miss` that are not fields of the schema. */
  readonly hints: readonly string[];
}

export function defineKind<Schema extends z.ZodObject>(kind: Kind<Schema>): Kind<Schema> {
  return kind;
}
