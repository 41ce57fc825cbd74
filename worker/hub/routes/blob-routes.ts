/** `/v2/<name>/blobs/<digest>`: OCI Distribution 1.1 end-2 and end-10. */
import { RegistryError } from "../errors";
import { emptyResponse } from "../responses";
import type { Digest } from "../names";
import { parseRange } from "./ranges";
import type { Call, RegistryParts } from "./registry-parts";

/** HEAD, or GET of the whole blob or one range. The stream is opened first, so that a failure can still be told. */
export async function getBlob(
  parts: RegistryParts,
  call: Call,
  name: string,
  digest: Digest,
): Promise<Response> {
  const blob = await parts.blobs.find(name, digest);
  if (blob === undefined) throw new RegistryError("BLOB_UNKNOWN", { detail: digest });
  const { method, headers: asked } = call.request;
  const etag = `"${digest}"`;
  const headers = {
    "content-type": "application/octet-stream",
    "docker-content-digest": digest,
    "accept-ranges": "bytes",
    "cache-control": "max-age=31536000",
    etag,
  };
  if (matches(asked.get("if-none-match"), etag)) return new Response(null, { status: 304, headers });
  if (method === "HEAD") {
    return new Response(null, { headers: { ...headers, "content-length": String(blob.size) } });
  }
  const range = matches(asked.get("if-range") ?? etag, etag)
    ? parseRange(asked.get("range"), blob.size)
    : undefined;
  const { start, end } = range ?? { start: 0, end: blob.size };
  const stream = await open(() => blob.open(start, end));
  return new Response(stream, {
    status: range === undefined ? 200 : 206,
    headers: {
      ...headers,
      "content-length": String(end - start),
      ...(range === undefined ? {} : { "content-range": `bytes ${start}-${end - 1}/${blob.size}` }),
    },
  });
}

export async function deleteBlob(parts: RegistryParts, name: string, digest: Digest): Promise<Response> {
  await parts.blobs.remove(name, digest);
  return emptyResponse(202, { "docker-content-digest": digest });
}

/** Whether a list of entity tags (RFC 9110 13.1) has ours. */
export function matches(header: string | null, etag: string): boolean {
  return (header ?? "").split(",").some((tag) => {
    const bare = tag.trim().replace(/^W\//, "");
    return bare === etag || bare === "*";
  });
}

async function open(read: () => Promise<ReadableStream<Uint8Array>>): Promise<ReadableStream<BufferSource>> {
  try {
    return (await read()) as ReadableStream<BufferSource>;
  } catch (error) {
    throw new RegistryError("UNAVAILABLE", {
      message: "the blob cannot be read at the moment",
      cause: error,
    });
  }
}
