/** The format of `release.json` (contract/shell.ts), for those who read it from a network or a disk. */
import { z } from "zod";
import { DrydockError, messageOf } from "./errors";
import { RELEASE_FORMAT, type Release } from "./shell";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a sha256 in lower-case hex");

/** Stays below the page's folder. */
const path = z
  .string()
  .regex(/^[\w@.-]+(\/[\w@.-]+)*$/, "a relative path")
  .refine((text) => !text.split("/").includes(".."), "a path that stays in its folder");

const fileSchema = z.object({ path, sha256, bytes: z.number().int().nonnegative() });

const releaseSchema: z.ZodType<Release> = z.object({
  format: z.literal(RELEASE_FORMAT),
  id: sha256,
  shell: z.array(fileSchema),
  lessons: z.array(fileSchema),
});

/**
 * @param subject where the text comes from, for the error
 * @throws DrydockError `bad-manifest`
 */
export function parseRelease(text: string, subject: string): Release {
  try {
    return releaseSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new DrydockError("bad-manifest", messageOf(cause), { subject, cause });
  }
}
