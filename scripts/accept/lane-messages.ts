/** What a lane's process says to its parent. */
import { z } from "zod";

export const laneMessage = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("progress"), text: z.string() }),
  z.strictObject({
    kind: z.literal("result"),
    id: z.string(),
    seconds: z.number(),
    failure: z.string().optional(),
  }),
]);

export type LaneMessage = z.infer<typeof laneMessage>;
