/** What Docker said since the step began. */
import { z } from "zod";
import { parseAs } from "../../docker/engine";
import { readJsonLines } from "../../docker/json-lines";
import { pastEventsPath } from "../../docker/paths";
import { eventSchema } from "../../docker/schemas";
import { finds } from "../compare";
import { common, count, pattern } from "../../../contract/check-fields";
import { defineKind } from "./kind";

export const event = defineKind({
  schema: z.strictObject({
    /** `container start`, `image pull`, `container exec_start`. */
    event: z
      .string()
      .regex(/^[a-z]+ [a-z_-]+$/u, { error: "an event is its type and its action: container start" }),
    /** Attributes of the event's actor (`name`, `image`, `exitCode`, `signal`), as patterns. */
    with: z.record(z.string(), pattern).optional(),
    /** How many times at least; once unless said. */
    times: count.min(1).optional(),
    ...common,
  }),
  hints: ["missing"],
  async run(check, round) {
    const [type = "", action = ""] = check.event.split(" ");
    const path = pastEventsPath(round.asked.sinceMs, round.doors.now(), { type: [type] });
    let times = 0;
    for await (const line of readJsonLines(new Blob([await round.bytes(path)]).stream())) {
      const { Action, Actor } = parseAs(eventSchema, line);
      // `exec_start: sh -c ls` and `health_status: healthy` go on after a colon.
      if (Action.split(":")[0] !== action) continue;
      const attributes = Actor.Attributes;
      if (Object.entries(check.with ?? {}).every(([name, pattern]) => finds(pattern, attributes[name] ?? "")))
        times++;
    }
    const wanted = check.times ?? 1;
    if (times >= wanted) return undefined;
    return times === 0
      ? { field: "missing", expected: check.event, soon: true }
      : { field: "times", expected: String(wanted), found: String(times) };
  },
});
