/** What can no longer be reached: links that no manifest of their repository needs, and blobs without a link. */
import type { Digest } from "../names";
import { decode, keys, linkRecord, manifestRecord, parseLinkKey, scopeOfManifestKey } from "./records";
import { parseManifest } from "../manifest";
import type { MetadataStore, RegistryStorage } from "./store";

/** A push sends its blobs first and its manifest last: what is younger than this may still be waiting for it. */
const GRACE_MS = 60 * 60 * 1000;

export interface GarbageReport {
  readonly links: number;
  readonly blobs: number;
  /** Bytes of the blobs that went. */
  readonly bytes: number;
}

/** Works on every registry of the storage. `now` is in milliseconds since the epoch. */
export function collectGarbage(storage: RegistryStorage, now: number): Promise<GarbageReport> {
  return storage.serial.run(async () => {
    const { links, kept } = await dropLinks(storage.metadata, now - GRACE_MS);
    let blobs = 0;
    let bytes = 0;
    for (const digest of await storage.blobs.list()) {
      if (kept.has(digest)) continue;
      bytes += (await storage.blobs.size(digest)) ?? 0;
      blobs += 1;
      await storage.blobs.delete(digest);
    }
    return { links, blobs, bytes };
  });
}

/** Drops every image of every registry of the storage. The accounts stay. */
export function dropImages({ metadata, blobs, serial }: RegistryStorage): Promise<void> {
  return serial.run(async () => {
    const images = (await metadata.keys("")).filter((key) => !key.startsWith(keys.allAccounts));
    await metadata.write(new Map(images.map((key) => [key, undefined])));
    for (const digest of await blobs.list()) await blobs.delete(digest);
  });
}

async function dropLinks(
  metadata: MetadataStore,
  before: number,
): Promise<{ readonly links: number; readonly kept: ReadonlySet<Digest> }> {
  const needed = await neededBlobs(metadata);
  const kept = new Set<Digest>();
  const dropped = new Map<string, undefined>();
  for (const key of await metadata.keys(keys.allLinks)) {
    const link = parseLinkKey(key);
    const at = decode(linkRecord, await metadata.get(key))?.at ?? 0;
    const isNeeded = link !== undefined && needed.has(`${link.scope}@${link.digest}`);
    if (link !== undefined && (isNeeded || at > before)) kept.add(link.digest);
    else dropped.set(key, undefined);
  }
  await metadata.write(dropped);
  return { links: dropped.size, kept };
}

/** `scope@digest` of every blob that a manifest names. */
async function neededBlobs(metadata: MetadataStore): Promise<ReadonlySet<string>> {
  const needed = new Set<string>();
  for (const key of await metadata.keys(keys.allManifests)) {
    const record = decode(manifestRecord, await metadata.get(key));
    if (record === undefined) continue;
    const { blobs, children } = parseManifest(record.text, record.mediaType);
    for (const { digest } of [...blobs, ...children]) {
      needed.add(`${scopeOfManifestKey(key)}@${digest}`);
    }
  }
  return needed;
}
