/**
 * The registry: OCI Distribution 1.1 as a function from request to response, over stores, a catalogue and a face that
 * come in from outside. `createDockerHub` and `createPrivateRegistry` (profiles.ts) are the two that the app serves.
 */
import type { ImageNotice } from "../../contract/events";
import type { Face } from "./access";
import { accessNeeded } from "./routes/access-needed";
import { deleteBlob, getBlob } from "./routes/blob-routes";
import { Blobs } from "./storage/blobs";
import type { Catalogue } from "./catalogue/catalogue";
import { errorResponse, RegistryError, toRegistryError } from "./errors";
import { collectGarbage, type GarbageReport } from "./storage/garbage";
import type { HttpHandler, HttpRequest } from "../http/server/handler";
import { jsonResponse } from "./responses";
import { deleteManifest, getManifest, putManifest } from "./routes/manifest-routes";
import { paginate } from "./routes/paging";
import { referrersResponse } from "./routes/referrers";
import { DEFAULT_LIMITS, type Call, type Limits, type RegistryParts } from "./routes/registry-parts";
import { RepositoryIndex } from "./storage/repository-index";
import { parseRoute, type Route } from "./routes/route";
import { withRoom } from "./storage/storage-room";
import type { RegistryStorage } from "./storage/store";
import { appendChunk, cancelUpload, finishUpload, startUpload, uploadStatus } from "./routes/upload-routes";
import { Uploads } from "./storage/uploads";

export interface RegistryOptions {
  /** Keeps this registry's repositories apart from another's in the same storage. Letters and digits. */
  readonly id: string;
  readonly storage: RegistryStorage;
  readonly catalogue: Catalogue;
  readonly sharesBlobs: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly limits?: Partial<Limits>;
  /** Hears of every failure that is the registry's own and not the client's, a full storage among them. */
  readonly onFailure?: ((error: RegistryError) => void) | undefined;
  /** Hears of images that are asked for and are not what their name says, or not there. */
  readonly onNotice?: ((notice: ImageNotice) => void) | undefined;
}

export interface Registry {
  readonly handle: HttpHandler;
  readonly index: RepositoryIndex;
  /** Drops idle uploads, and blobs that no manifest needs and that have lain there for an hour. */
  collectGarbage(): Promise<GarbageReport>;
}

/** `makeFace` is given the repositories, because who may do what depends on which there are. */
export function createRegistry(
  options: RegistryOptions,
  makeFace: (index: RepositoryIndex) => Face,
): Registry {
  const { id, catalogue, sharesBlobs, now } = options;
  const storage = withRoom(options.storage);
  const index = new RepositoryIndex(id, storage.metadata, catalogue, now);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const blobs = new Blobs({ storage, index, catalogue, sharesBlobs });
  const uploads = new Uploads({ store: storage.blobs, blobs, now, maxBlobBytes: limits.maxBlobBytes });
  storage.room.add(uploads);
  const notify = (notice: ImageNotice): void => options.onNotice?.(notice);
  const parts: RegistryParts = { storage, catalogue, index, blobs, uploads, limits, notify };
  const face = makeFace(index);
  const reclaim = async (): Promise<GarbageReport> => {
    await uploads.dropIdle();
    return collectGarbage(storage, now());
  };
  const refuse = async (error: RegistryError): Promise<Response> => {
    if (error.status >= 500) options.onFailure?.(error);
    // Make room for the next try, as far as there is any to be made.
    if (error.code === "INSUFFICIENT_STORAGE") {
      await reclaim().catch((failure: unknown) => options.onFailure?.(toRegistryError(failure)));
    }
    return errorResponse(error);
  };
  return {
    index,
    handle: async (request) => {
      const response = await answer(parts, face, request).catch((thrown: unknown) =>
        refuse(toRegistryError(thrown)),
      );
      response.headers.set("docker-distribution-api-version", "registry/2.0");
      return request.method === "HEAD" ? new Response(null, response) : response;
    },
    collectGarbage: reclaim,
  };
}

async function answer(parts: RegistryParts, face: Face, request: HttpRequest): Promise<Response> {
  const url = new URL(request.url);
  if (url.pathname !== "/v2" && !url.pathname.startsWith("/v2/")) {
    return (
      (await face.answer(request, url)) ?? errorResponse(new RegistryError("UNSUPPORTED", { status: 404 }))
    );
  }
  const route = routeOf(request.method, url.pathname);
  await face.authorise(request, url, accessNeeded(route, request.method, url));
  return dispatch(parts, { request, url }, route);
}

/** A tag that cannot exist is simply not there when it is read; only a push of it is a bad request. */
function routeOf(method: string, pathname: string): Route {
  try {
    const route = parseRoute(pathname);
    if (route === undefined) throw new RegistryError("UNSUPPORTED", { status: 404 });
    return route;
  } catch (error) {
    const reads = method === "GET" || method === "HEAD";
    if (!reads || !(error instanceof RegistryError) || error.code !== "TAG_INVALID") throw error;
    throw new RegistryError("TAG_INVALID", { status: 404, detail: error.detail });
  }
}

const METHODS = {
  base: ["GET", "HEAD"],
  catalog: ["GET", "HEAD"],
  tags: ["GET", "HEAD"],
  referrers: ["GET", "HEAD"],
  manifest: ["GET", "HEAD", "PUT", "DELETE"],
  blob: ["GET", "HEAD", "DELETE"],
  uploads: ["POST"],
  upload: ["GET", "PATCH", "PUT", "DELETE"],
} as const satisfies Record<Route["kind"], readonly string[]>;

async function dispatch(parts: RegistryParts, call: Call, route: Route): Promise<Response> {
  const { method } = call.request;
  const methods: readonly string[] = METHODS[route.kind];
  if (!methods.includes(method))
    throw new RegistryError("UNSUPPORTED", { headers: { allow: methods.join(", ") } });
  switch (route.kind) {
    case "base":
      return jsonResponse({});
    case "catalog":
      return listCatalog(parts, call);
    case "tags":
      return listTags(parts, call, route.name);
    case "referrers": {
      const last = call.url.searchParams.get("last") ?? "";
      return referrersResponse(parts.index.referrers(route.name, route.digest, last), call.url);
    }
    case "manifest":
      if (method === "PUT") return putManifest(parts, call, route.name, route.reference);
      if (method === "DELETE") return deleteManifest(parts, route.name, route.reference);
      return getManifest(parts, call, route.name, route.reference);
    case "blob":
      if (method === "DELETE") return deleteBlob(parts, route.name, route.digest);
      return getBlob(parts, call, route.name, route.digest);
    case "uploads":
      return startUpload(parts, call, route.name);
    case "upload":
      if (method === "GET") return uploadStatus(parts, route.name, route.id);
      if (method === "DELETE") return cancelUpload(parts, route.name, route.id);
      return (method === "PATCH" ? appendChunk : finishUpload)(parts, call, route.name, route.id);
  }
}

async function listCatalog(parts: RegistryParts, call: Call): Promise<Response> {
  const { items, headers } = paginate(await parts.index.repositories(), call.url);
  return jsonResponse({ repositories: items }, headers);
}

async function listTags(parts: RegistryParts, call: Call, name: string): Promise<Response> {
  if (!(await parts.index.exists(name))) throw new RegistryError("NAME_UNKNOWN", { detail: { name } });
  const { items, headers } = paginate(await parts.index.tags(name), call.url);
  return jsonResponse({ name, tags: items }, headers);
}
