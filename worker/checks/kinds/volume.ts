/** A volume. */
import { z } from "zod";
import { parseAs } from "../../docker/engine";
import { containersPath, volumePath } from "../../docker/paths";
import { summariesSchema, volumeSchema } from "../../docker/schemas";
import { compareInspect, compareRecord } from "../compare";
import { common, inspect, text, texts } from "./fields";
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
  async run(check, round) {
    const raw = await round.json(volumePath(check.volume));
    if (raw === undefined) return check.absent === true ? undefined : { field: "missing" };
    if (check.absent === true) return { field: "absent" };
    const data = parseAs(volumeSchema, raw);
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
    return compareInspect(check.inspect, raw);
  },
});
