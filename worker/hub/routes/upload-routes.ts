/** `/v2/<name>/blobs/uploads/`: OCI Distribution 1.1 end-4 to end-6, end-11, end-13, end-14. */
import { RegistryError } from "../errors";
import { contentLength } from "../../http/headers";
import { emptyResponse } from "../responses";
import { algorithmOf, isRepositoryName, parseAlgorithm, parseDigest, type Digest } from "../names";
import { parseChunkRange } from "./ranges";
import type { Call, RegistryParts } from "./registry-parts";
import type { Chunk } from "../storage/uploads";

/** POST: mounts a blob, takes a whole one, or opens a session. */
export async function startUpload(parts: RegistryParts, call: Call, name: string): Promise<Response> {
  const query = call.url.searchParams;
  const mount = query.get("mount");
  const digest = query.get("digest");
  if (mount !== null) {
    const mounted = await mountBlob(parts, name, parseDigest(mount), query.get("from"));
    if (mounted !== undefined) return mounted;
  }
  if (digest !== null) {
    const wanted = parseDigest(digest);
    const chunk = chunkOf(call, false);
    const id = await parts.uploads.start(name, algorithmOf(wanted));
    try {
      await parts.uploads.finish(name, id, wanted, chunk);
    } catch (error) {
      // No client knows this session's id, so what it still holds would lie there for an hour.
      await parts.uploads.drop(id);
      throw error;
    }
    return created(name, wanted);
  }
  const algorithm = parseAlgorithm(query.get("digest-algorithm") ?? "sha256");
  const id = await parts.uploads.start(name, algorithm);
  return progress(202, name, id, 0);
}

type SessionRoute = (parts: RegistryParts, call: Call, name: string, id: string) => Promise<Response>;

/** PATCH: the next chunk, or with no Content-Range everything that the client has to send. */
export const appendChunk: SessionRoute = async (parts, call, name, id) => {
  const before = parts.uploads.offset(name, id);
  try {
    return progress(202, name, id, await parts.uploads.append(name, id, chunkOf(call, true)));
  } catch (error) {
    throw withProgress(error, name, id, before);
  }
};

/** PUT: the end of a session, with or without its last chunk. */
export const finishUpload: SessionRoute = async (parts, call, name, id) => {
  const before = parts.uploads.offset(name, id);
  const digest = parseDigest(call.url.searchParams.get("digest") ?? "");
  try {
    await parts.uploads.finish(name, id, digest, chunkOf(call, true));
  } catch (error) {
    throw withProgress(error, name, id, before);
  }
  return created(name, digest);
};

/** GET: how far a session got. */
export function uploadStatus(parts: RegistryParts, name: string, id: string): Response {
  return progress(204, name, id, parts.uploads.offset(name, id));
}

/** DELETE: the client has given up. */
export async function cancelUpload(parts: RegistryParts, name: string, id: string): Promise<Response> {
  await parts.uploads.cancel(name, id);
  return new Response(null, { status: 204 });
}

/** A blob that cannot be mounted is no error: the specification has the client send it. */
async function mountBlob(
  parts: RegistryParts,
  name: string,
  digest: Digest,
  from: string | null,
): Promise<Response | undefined> {
  // Nothing is in a repository whose name no repository can have.
  if (from !== null && !isRepositoryName(from)) return undefined;
  return (await parts.blobs.mount(name, from ?? undefined, digest)) ? created(name, digest) : undefined;
}

function chunkOf({ request }: Call, mayHaveRange: boolean): Chunk {
  return {
    body: request.body,
    range: mayHaveRange ? parseChunkRange(request.headers.get("content-range")) : undefined,
    length: contentLength(request.headers),
  };
}

function created(name: string, digest: Digest): Response {
  return emptyResponse(201, { location: `/v2/${name}/blobs/${digest}`, "docker-content-digest": digest });
}

/** The range is inclusive, so an empty session has no honest one: Docker's registry says `0-0`, and so do we. */
function progressHeaders(name: string, id: string, size: number): Record<string, string> {
  return {
    location: `/v2/${name}/blobs/uploads/${id}`,
    range: `0-${Math.max(size - 1, 0)}`,
    "docker-upload-uuid": id,
  };
}

function progress(status: 202 | 204, name: string, id: string, size: number): Response {
  const headers = progressHeaders(name, id, size);
  return status === 204 ? new Response(null, { status, headers }) : emptyResponse(status, headers);
}

/** A chunk out of order is told where the session stands. */
function withProgress(error: unknown, name: string, id: string, size: number): unknown {
  if (!(error instanceof RegistryError) || error.code !== "RANGE_INVALID") return error;
  return new RegistryError("RANGE_INVALID", {
    detail: error.detail,
    headers: progressHeaders(name, id, size),
  });
}
