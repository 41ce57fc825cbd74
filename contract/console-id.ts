/** Which of the guest's terminals: a ground floor of its own, since events and sessions both stand on it. */
import { z } from "zod";

export const consoleIdSchema = z.union([z.literal(0), z.literal(1), z.literal(2)]);
/** The guest's terminals: hvc0, hvc1, hvc2. (hvc3 is the agent's and is not in reach of the page.) */
export type ConsoleId = z.infer<typeof consoleIdSchema>;
