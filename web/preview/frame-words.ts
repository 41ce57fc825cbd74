/**
 * Checks what comes from the frame, where the previewed page can say anything. What is not a word is passed over: a
 * page that sends nonsense only harms itself.
 */
import { z } from "zod";
import type { GuestFailure, GuestRequest } from "../../contract/guest-request";
import { parseAddress } from "./address";
import type { FrameWord } from "./frame/messages";

/** An address in the machine: nothing else is shown as one. */
const url = z
  .string()
  .max(64 * 1024)
  .refine((text) => parseAddress(text).kind === "address");
const bytes = z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array);
const request = z.object({
  method: z.string().max(32),
  url: z.string().max(64 * 1024),
  headers: z.array(z.tuple([z.string(), z.string()])).max(200),
  body: bytes.optional(),
  redirect: z.enum(["follow", "error", "manual"]),
}) satisfies z.ZodType<GuestRequest>;
const failure = z.enum([
  "refused",
  "no-answer",
  "closed",
  "bad-response",
  "too-many-redirects",
  "outside",
  "bad-request",
]) satisfies z.ZodType<GuestFailure>;
const text = z.string().max(5 * 1024 * 1024);

const wordSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("alive") }),
  z.object({ type: z.literal("request"), request }),
  z.object({ type: z.literal("arrived"), url, status: z.number().int() }),
  z.object({ type: z.literal("failed"), url, failure, message: z.string().max(2000) }),
  z.object({ type: z.literal("download"), url, name: z.string().min(1).max(200), bytes }),
  z.object({ type: z.literal("no-content") }),
  z.object({ type: z.literal("loaded") }),
  z.object({ type: z.literal("title"), title: z.string().transform((title) => title.slice(0, 200)) }),
  z.object({ type: z.literal("go"), request: request.extend({ url }) }),
  z.object({ type: z.literal("outside"), url: z.string().transform((href) => href.slice(0, 500)) }),
  z.object({ type: z.literal("pushed"), url }),
  z.object({ type: z.literal("replaced"), url }),
  z.object({ type: z.literal("go-history"), delta: z.number().int() }),
  z.object({ type: z.literal("cookie"), url, cookie: z.string().max(8192) }),
  z.object({
    type: z.literal("stored"),
    area: z.enum(["local", "session"]),
    key: text,
    value: text.optional().transform((value) => value),
  }),
]);

/** The word, or undefined for anything else. */
export function parseFrameWord(data: unknown): FrameWord | undefined {
  return wordSchema.safeParse(data).data;
}
