/** A volume. */
import { z } from "zod";
import { parseAs } from "../../docker/engine";
import { containersPath, volumePath } from "../../docker/paths";
import { summariesSchema, volumeSchema } from "../../docker/schemas";
import { compareRecord, compareThing } from "../compare";
import { common, inspect, text, texts } from "../../../contract/check-fields";
import { defineKind } from "./kind";

export const volume = defineKind({
  schema: z.strictObject({
    volume: text,
    absent: z.boolean().optional(),
    driver: text.optional(),
    labels: texts.optional(),
    usedBy: z.array(text).min(1).optional(),
    inspect: inspect.optional(),
    ...common,
  }),
  hints: ["missing"],
  run: (check, round) =>
    compareThing(check, volumePath(check.volume), volumeSchema, round, async (data) => {
      if (check.driver !== undefined && data.Driver !== check.driver) {
        return { field: "driver", expected: check.driver, found: data.Driver };
      }
      if (check.labels !== undefined) {
        const miss = compareRecord("labels", check.labels, data.Labels);
        if (miss !== undefined) return miss;
      }
      if (check.usedBy !== undefined) {
        const path = containersPath({ volume: [check.volume] });
        const users = parseAs(summariesSchema, await round.json(path));
        const names = users.flatMap(({ Names }) => Names.map((name) => name.replace(/^\//u, "")));
        const missing = check.usedBy.find((name) => !names.includes(name));
        if (missing !== undefined) return { field: "usedBy", expected: missing, found: names.join(", ") };
      }
      return undefined;
    }),
});
