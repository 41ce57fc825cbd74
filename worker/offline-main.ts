/** The entry of the worker that fills the caches ahead: wires the keeper to the browser. */
import "./jitless";
import type { OfflinePlaces, OfflineService } from "../contract/offline";
import { DrydockError } from "../contract/errors";
import { parseRelease } from "../contract/release";
import { RELEASE_FILE } from "../contract/shell";
import { openChunkCache, CATALOGUE_CACHE, type PersistentChunkCache } from "./browser/cache-storage";
import { loadCatalogueIndex } from "./browser/http-catalogue";
import { fetchManifest, get, httpChunkSource, ok } from "./browser/http-source";
import { openShellFiles } from "./browser/shell-files";
import { ChunkFetcher, type ChunkSource } from "./disk/chunk-fetcher";
import { OfflineKeeper, type FileStore } from "./offline/keeper";
import { planParts, type OfflineFile } from "./offline/parts";
import { expose } from "./rpc";

let keeper: OfflineKeeper | undefined;

function opened(): OfflineKeeper {
  if (keeper === undefined) throw new DrydockError("bad-request", "nothing was surveyed");
  return keeper;
}

async function openKeeper({ siteUrl, guestUrl }: OfflinePlaces): Promise<OfflineKeeper> {
  const releaseUrl = new URL(RELEASE_FILE, siteUrl).href;
  const [manifest, catalogue, release, chunks, layers, shell] = await Promise.all([
    fetchManifest(guestUrl),
    loadCatalogueIndex(guestUrl),
    get(releaseUrl, "no-cache", undefined, (response) => ok(response).text()),
    openChunkCache(guestUrl),
    openChunkCache(guestUrl, CATALOGUE_CACHE),
    openShellFiles(siteUrl),
  ]);
  if (chunks === undefined || layers === undefined)
    throw new DrydockError("bad-request", "this browser keeps nothing between visits");
  const fetchChunk = fetcherOf(httpChunkSource(guestUrl));
  return new OfflineKeeper(planParts(manifest, catalogue, parseRelease(release, releaseUrl)), {
    stores: { chunks: storeOf(chunks), catalogue: storeOf(layers), shell },
    fetch: (file, signal) =>
      file.path === undefined ? fetchChunk(file, signal) : fetcherOf(pageSource(siteUrl, file))(file, signal),
  });
}

function fetcherOf(
  source: ChunkSource,
): (file: OfflineFile, signal: AbortSignal) => ReturnType<ChunkFetcher["fetch"]> {
  const fetcher = new ChunkFetcher({ source });
  return (file, signal) => fetcher.fetch(file, signal);
}

function pageSource(siteUrl: string, { path = "" }: OfflineFile): ChunkSource {
  return {
    read: (_chunk, signal) =>
      get(new URL(path, siteUrl).href, "default", signal, async (response) => {
        return new Uint8Array(await ok(response).arrayBuffer());
      }),
  };
}

function storeOf(cache: PersistentChunkCache): FileStore {
  return {
    names: () => cache.names(),
    read: (file) => cache.read(file),
    write: (file, bytes) => cache.keep(file, bytes),
    drop: (file) => cache.drop(file),
  };
}

/** One message a file, and none after the end. */
async function telling<T>(
  port: MessagePort,
  run: (onFile: (file: number) => void) => Promise<T>,
): Promise<T> {
  try {
    return await run((file) => port.postMessage({ file }));
  } finally {
    port.close();
  }
}

const service: OfflineService = {
  survey: async (places) => {
    keeper?.stop();
    keeper = await openKeeper(places);
    return keeper.survey();
  },
  fetch: (parts, done) => telling(done, (onFile) => opened().fetch(parts, onFile)),
  stop: () => keeper?.stop(),
  verify: (parts, done) => telling(done, (onFile) => opened().verify(parts, onFile)),
  free: (parts, keep) => opened().free(parts, keep),
};

expose(service, self);
