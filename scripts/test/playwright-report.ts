/** What Playwright's JSON reporter writes, as far as it is read here. */
import { z } from "zod";

const errorsSchema = z.array(z.object({ message: z.string().optional() }));

const specSchema = z.object({
  title: z.string(),
  file: z.string(),
  tests: z.array(
    z.object({
      status: z.enum(["expected", "unexpected", "flaky", "skipped"]),
      /** Milliseconds. */
      results: z.array(z.object({ duration: z.number(), errors: errorsSchema.optional() })),
    }),
  ),
});

const suiteSchema = z.object({
  specs: z.array(specSchema),
  get suites() {
    return z.array(suiteSchema).optional();
  },
});
type Suite = z.infer<typeof suiteSchema>;

const reportSchema = z.object({ suites: z.array(suiteSchema), errors: errorsSchema.optional() });

export type Spec = z.infer<typeof specSchema>;

/** All specs, however deep, and what went wrong outside of them. @throws ZodError for another JSON */
export function parsePlaywright(report: unknown): {
  readonly specs: readonly Spec[];
  readonly errors: z.infer<typeof errorsSchema>;
} {
  const { suites, errors = [] } = reportSchema.parse(report);
  return { specs: suites.flatMap(specsOf), errors };
}

function specsOf(suite: Suite): Spec[] {
  return [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)];
}

/** What a spec's tests said, in their order. */
export function messagesOf(results: Spec["tests"][number]["results"]): string[] {
  return results.flatMap(({ errors = [] }) => errors.flatMap(({ message }) => message ?? []));
}
