/** Vitest's reporter for what ends with `N passed, N failed`. A run in which no test ran has failed. */
import type { Reporter, TestModule } from "vitest/node";

export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const { passed, failed } = count(modules, errors.length);
    console.log(`${passed} passed, ${failed} failed`);
    if (passed === 0) process.exitCode = 1;
  }
}

/** A file that fails as a whole, and an error outside of a test, are a failure each. */
export function count(
  modules: readonly TestModule[],
  errors: number,
): { readonly passed: number; readonly failed: number } {
  let passed = 0;
  let failed = errors;
  for (const module of modules) {
    let failedHere = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") passed++;
      if (state === "failed") failedHere++;
    }
    failed += failedHere === 0 && module.state() === "failed" ? 1 : failedHere;
  }
  return { passed, failed };
}
