/** Chunks for later. */
import { blobsOf, type Chunk, type Manifest } from "../contract/manifest";
import type { MachineEvent } from "../contract/protocol";
import type { ChunkFetcher } from "./disk/chunk-fetcher";
import { whenIdle } from "./machine/idle";

/** Chunks that are fetched before the guest is looked at again. */
const AT_ONCE = 4;

/**
 * Fetches the chunks that everyday commands read, one at a time, while the guest is idle: what a command needs, it
 * fetches itself.
 * @throws DrydockError as `ChunkFetcher.prefetch`
 */
export async function prefetch(
  processor: { readonly instructions: number },
  { blocks: { chunks, ramChunks, hotChunks } }: Manifest,
  fetcher: ChunkFetcher,
  emit: (event: MachineEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const hot = chunks.slice(ramChunks, hotChunks);
  const total = hot.reduce((sum, chunk) => sum + chunk.bytes, 0);
  let bytes = 0;
  for (const [index, chunk] of hot.entries()) {
    if (index % AT_ONCE === 0) await whenIdle(processor, signal);
    await fetcher.prefetch(chunk, signal);
    bytes += chunk.bytes;
    emit({ type: "prefetch", bytes, total });
  }
}

/** The names of all the chunks that a manifest needs. */
export function chunkNames(manifest: Manifest): Set<string> {
  const chunks: Chunk[] = [...manifest.blocks.chunks, ...blobsOf(manifest).flatMap((blob) => blob.chunks)];
  return new Set(chunks.map((chunk) => chunk.sha256));
}
