/** Chunks and the manifest over HTTP from where the page is. */
import type { Manifest } from "../../contract/manifest";
import type { ChunkSource } from "../disk/chunk-fetcher";
import { readManifestText } from "../disk/read-manifest";
import { DrydockError, messageOf } from "../../contract/errors";

/**
 * A GET without credentials, and what `read` makes of its answer.
 * @throws DrydockError `network` when there is no answer or none that can be read; what `read` throws as one
 */
export async function get<T>(
  url: string,
  cache: RequestCache,
  signal: AbortSignal | undefined,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  try {
    const init = { cache, credentials: "omit", ...(signal === undefined ? {} : { signal }) } as const;
    return await read(await fetch(url, init));
  } catch (cause) {
    if (cause instanceof DrydockError) throw cause;
    throw new DrydockError("network", messageOf(cause), { subject: url, cause });
  }
}

/** The answer, when it is a good one: for `get`. */
export function ok(response: Response): Response {
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response;
}

export function httpChunkSource(guestUrl: string): ChunkSource {
  return {
    read: (chunk, signal) => {
      const url = new URL(`chunks/${chunk.sha256}`, guestUrl).href;
      // A chunk that did not verify may sit in the browser's own cache: "no-store" asks the server each time, and
      // good chunks are kept in Cache Storage.
      return get(url, "no-store", signal, async (response) => {
        const { status } = response;
        if (status === 404 || status === 410)
          throw new DrydockError("bad-chunk", `the server does not have it (${status})`, { subject: url });
        return new Uint8Array(await ok(response).arrayBuffer());
      });
    },
  };
}

/** @throws DrydockError `network`, `version-mismatch` (of another format), `bad-manifest` */
export async function fetchManifest(guestUrl: string, signal?: AbortSignal): Promise<Manifest> {
  const url = new URL("manifest.json", guestUrl).href;
  const text = await get(url, "no-cache", signal, (response) => ok(response).text());
  return readManifestText(text, url);
}
