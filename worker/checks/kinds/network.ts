/** A network. */
import { z } from "zod";
import { parseAs } from "../../docker/engine";
import { networkPath } from "../../docker/paths";
import { networkSchema } from "../../docker/schemas";
import { compareInspect } from "../compare";
import { common, inspect, text } from "./fields";
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
  async run(check, round) {
    const raw = await round.json(networkPath(check.network));
    if (raw === undefined) return check.absent === true ? undefined : { field: "missing" };
    if (check.absent === true) return { field: "absent" };
    const data = parseAs(networkSchema, raw);
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
    return compareInspect(check.inspect, raw);
  },
});
