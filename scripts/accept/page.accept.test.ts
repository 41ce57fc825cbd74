/** The rows that a person types at, in Chromium: their tests are in e2e/, and run there together, on shared machines. */
import { beforeAll, describe, it } from "vitest";
import { createProgress } from "../../images/pipeline/progress";
import { builtGuest } from "../../worker/node/testing/built-guest";
import { buildSite } from "../site/site";
import { CASES } from "./cases";
import { titleOf } from "./lanes";
import { runPage, type PageResult } from "./page";

/** The build of the site, and all rows. */
const LIMIT_MS = 3_600_000;

describe("in the page", () => {
  const rows = CASES.filter(({ page }) => page).map(({ id }) => ({ id, title: titleOf(id) }));
  let results: readonly PageResult[] = [];

  beforeAll(async ({}, { tasks }) => {
    const asked = tasks.filter(({ mode }) => mode !== "skip").map(({ name }) => name);
    await buildSite(builtGuest(), createProgress(process.stderr));
    results = await runPage(rows.filter(({ title }) => asked.includes(title)).map(({ id }) => id));
  }, LIMIT_MS);

  it.for(rows)("$title", ({ id }) => {
    const result = results.find((each) => each.id === id);
    if (result === undefined) throw new Error("it was not asked for");
    if (result.failure !== undefined) throw new Error(result.failure);
  });
});
