/** Chunks and the manifest over HTTP from where the page is. */
import { type Manifest, MANIFEST_FORMAT, manifestSchema } from "../../images/manifest";
import { z } from "zod";
import type { ChunkSource } from "../disk/chunk-fetcher";
import { DrydockError, messageOf } from "../errors";

/** A GET without credentials. @throws DrydockError `network` when there is no answer at all */
export async function get(url: string, cache: RequestCache, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { cache, credentials: "omit", ...(signal === undefined ? {} : { signal }) });
  } catch (cause) {
    throw new DrydockError("network", messageOf(cause), { subject: url, cause });
  }
}

export function httpChunkSource(guestUrl: string): ChunkSource {
  return {
    read: async (chunk, signal) => {
      const url = new URL(`chunks/${chunk.sha256}`, guestUrl).href;
      // A chunk that did not verify may sit in the browser's own cache: "no-store" asks the server each time, and
      // good chunks are kept in Cache Storage.
      const response = await get(url, "no-store", signal);
      if (response.status === 404 || response.status === 410) {
        throw new DrydockError("bad-chunk", `the server does not have it (${response.status})`, {
          subject: url,
        });
      }
      if (!response.ok)
        throw new DrydockError("network", `the server answered ${response.status}`, { subject: url });
      try {
        return new Uint8Array(await response.arrayBuffer());
      } catch (cause) {
        throw new DrydockError("network", messageOf(cause), { subject: url, cause });
      }
    },
  };
}

/** @throws DrydockError `network`, `version-mismatch` (of another format), `bad-manifest` */
export async function fetchManifest(guestUrl: string, signal?: AbortSignal): Promise<Manifest> {
  const url = new URL("manifest.json", guestUrl).href;
  const response = await get(url, "no-cache", signal);
  if (!response.ok)
    throw new DrydockError("network", `the server answered ${response.status}`, { subject: url });
  let text: string;
  try {
    text = await response.text();
  } catch (cause) {
    throw new DrydockError("network", messageOf(cause), { subject: url, cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DrydockError("bad-manifest", messageOf(cause), { subject: url, cause });
  }
  return parseManifest(json, url);
}

/** Validates a manifest, and tells one of another format from a broken one. */
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
