/** A network. */
import { z } from "zod";
import { networkPath } from "../../docker/paths";
import { networkSchema } from "../../docker/schemas";
import { compareThing } from "../compare";
import { common, inspect, text } from "../../../contract/check-fields";
import { defineKind } from "./kind";

export const network = defineKind({
  schema: z.strictObject({
    network: text,
    absent: z.boolean().optional(),
    driver: text.optional(),
    subnet: text.optional(),
    internal: z.boolean().optional(),
    /** Running containers that are on it. */
    containers: z.array(text).min(1).optional(),
    inspect: inspect.optional(),
    ...common,
  }),
  hints: ["missing"],
  run: (check, round) =>
    compareThing(check, networkPath(check.network), networkSchema, round, (data) => {
      if (check.driver !== undefined && data.Driver !== check.driver) {
        return { field: "driver", expected: check.driver, found: data.Driver };
      }
      if (check.internal !== undefined && data.Internal !== check.internal) {
        return { field: "internal", expected: String(check.internal), found: String(data.Internal) };
      }
      const subnets = (data.IPAM?.Config ?? []).map(({ Subnet }) => Subnet);
      if (check.subnet !== undefined && !subnets.includes(check.subnet)) {
        return { field: "subnet", expected: check.subnet, found: subnets.join(", ") };
      }
      const names = Object.values(data.Containers).map(({ Name }) => Name);
      const missing = check.containers?.find((name) => !names.includes(name));
      if (missing !== undefined) return { field: "containers", expected: missing, found: names.join(", ") };
      return undefined;
    }),
});
