import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../site/site";
import { CASES } from "./cases";
import { idInTitle } from "./page";

it("the rows with a part in the page are those that e2e/ has tests for", () => {
  const folder = join(ROOT, "e2e");
  const titles = readdirSync(folder)
    .filter((name) => name.endsWith(".e2e.ts"))
    .flatMap((name) => [...readFileSync(join(folder, name), "utf8").matchAll(/^\s*test\("([^"]+)"/gm)])
    .map(([, title]) => idInTitle(title ?? ""))
    .filter((id) => id !== undefined);
  const rows = CASES.filter(({ page }) => page).map(({ id }) => id);
  expect([...new Set(titles)].sort()).toEqual([...rows].sort());
});
