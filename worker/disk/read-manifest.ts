/** The manifest, from wherever its text has come. */
import { z } from "zod";
import { DrydockError, messageOf } from "../../contract/errors";
import { type Manifest, MANIFEST_FORMAT, manifestSchema } from "../../contract/manifest";

/**
 * Reads and validates a manifest, and tells one of another format from a broken one.
 * @param subject where it comes from, for the error
 * @throws DrydockError `version-mismatch`, `bad-manifest`
 */
export function readManifestText(text: string, subject: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DrydockError("bad-manifest", messageOf(cause), { subject, cause });
  }
  return parseManifest(json, subject);
}

/** The same for a manifest that is an object already. */
export function parseManifest(json: unknown, subject: string): Manifest {
  const format = z.object({ format: z.number() }).safeParse(json);
  if (format.success && format.data.format !== MANIFEST_FORMAT) {
    const message = `the manifest is of format ${format.data.format}, this page reads ${MANIFEST_FORMAT}`;
    throw new DrydockError("version-mismatch", message, { subject });
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw new DrydockError("bad-manifest", z.prettifyError(parsed.error), { subject });
  return parsed.data;
}
