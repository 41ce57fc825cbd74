/**
 * `npm run size`: bytes of every artefact against its budget (budget.json).
 *
 *     --check    figure, budget and verdict alone
 *
 * Exit status: 1 when something is over its budget or has none where it should; 2 for wrong flags.
 */
import { parseArgs } from "node:util";
import { runCommand } from "../cli";
import { buildAll } from "../site/build-all";
import {
  type Budget,
  describeCheck,
  formatLimit,
  formatValue,
  judge,
  limitOf,
  readBudget,
} from "../size/budget";
import { describeImages } from "../size/image-sizes";
import { allSizes, findTooLarge, measureSite, type SiteSizes, type SizeFigure } from "../size/sizes";

function describe(figure: SizeFigure, budget: Budget): string {
  const limit = limitOf(figure.name, budget);
  const verdict =
    limit === undefined ? "" : ` ${formatLimit(limit)} ${judge(figure, budget) === "over" ? "OVER" : "ok"}`;
  return `${figure.what.padEnd(40)}${formatValue(figure.value, figure.unit).padStart(11)}${verdict}`;
}

function print({ figures, images, catalogue }: SiteSizes, budget: Budget): void {
  for (const figure of figures) console.log(describe(figure, budget));
  console.log(`\n${describeImages(images, budget).join("\n")}`);
  for (const { name, why } of catalogue.missing) console.log(`${name.padEnd(30)}left out: ${why}`);
}

await runCommand({
  usage: "usage: npm run size -- [--check]",
  readFlags: (args) => parseArgs({ args, options: { check: { type: "boolean", default: false } } }).values,
  run: async ({ check }) => {
    await buildAll();
    const [sizes, budget] = [await measureSite(), await readBudget()];
    if (check) console.log(describeCheck(allSizes(sizes), budget).join("\n"));
    else print(sizes, budget);
    const tooLarge = findTooLarge(sizes, budget);
    for (const problem of tooLarge) console.error(problem);
    return tooLarge.length === 0 ? 0 : 1;
  },
});
