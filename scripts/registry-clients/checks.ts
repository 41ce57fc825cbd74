import { messageOf } from "../../contract/errors";

/** One thing that a client does with the registry. It fails by throwing. */
export interface Check {
  readonly client: string;
  readonly name: string;
  readonly run: () => Promise<void>;
}

export interface CheckResult {
  readonly client: string;
  readonly name: string;
  /** undefined when it passed. */
  readonly failure: string | undefined;
  readonly seconds: number;
}

/** Runs checks one after another, since later ones build on what earlier ones pushed, and prints a line for each. */
export async function runChecks(
  checks: readonly Check[],
  print: (line: string) => void,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { client, name, run } of checks) {
    const began = performance.now();
    const failure = await run().then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    const result = { client, name, failure, seconds: (performance.now() - began) / 1000 };
    print(formatResult(result));
    results.push(result);
  }
  return results;
}

export function formatResult({ client, name, failure, seconds }: CheckResult): string {
  const line = `${failure === undefined ? "ok    " : "FAILED"} ${client.padEnd(9)} ${name} (${seconds.toFixed(1)} s)`;
  return failure === undefined ? line : `${line}\n         ${failure.replaceAll("\n", "\n         ")}`;
}
