/** A Compose project and its services. */
import { z } from "zod";
import { parseAs } from "../../docker/engine";
import { containersPath } from "../../docker/paths";
import { summariesSchema } from "../../docker/schemas";
import { container } from "./container";
import { common, text } from "../../../contract/check-fields";
import { defineKind } from "./kind";

const PROJECT = "com.docker.compose.project";
const SERVICE = "com.docker.compose.service";
const ONE_OFF = "com.docker.compose.oneoff";
const STATES = ["running", "healthy", "exited", "absent"] as const;

export const compose = defineKind({
  schema: z.strictObject({
    /** The project's name. */
    compose: text,
    services: z.record(z.string(), z.enum(STATES)).optional(),
    absent: z.boolean().optional(),
    ...common,
  }),
  hints: ["missing"],
  async run(check, round) {
    const path = containersPath({ label: [`${PROJECT}=${check.compose}`] });
    const all = parseAs(summariesSchema, await round.json(path));
    const containers = all.filter(({ Labels }) => Labels[ONE_OFF] !== "True");
    if (check.absent === true) return containers.length === 0 ? undefined : { field: "absent" };
    if (containers.length === 0) return { field: "missing" };
    const wanted =
      check.services ??
      Object.fromEntries(containers.map(({ Labels }) => [Labels[SERVICE] ?? "", "running"] as const));
    for (const [service, state] of Object.entries(wanted)) {
      const own = containers.filter(({ Labels }) => Labels[SERVICE] === service);
      if (state === "absent") {
        if (own.length > 0)
          return { field: "services", expected: `${service}: absent`, found: own[0]?.State ?? "" };
        continue;
      }
      if (own.length === 0) return { field: "services", expected: `${service}: ${state}`, found: "absent" };
      for (const { Id } of own) {
        const miss = await container.run(
          state === "healthy"
            ? { container: Id, state: "running", health: "healthy" }
            : { container: Id, state },
          round,
        );
        if (miss === undefined) continue;
        const found = miss.found ?? miss.field;
        return { field: "services", expected: `${service}: ${state}`, found, soon: true };
      }
    }
    return undefined;
  },
});
