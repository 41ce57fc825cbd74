/** Content digests. Web Crypto hashes only whole buffers, so the streaming state comes from hash-wasm. */
import { createSHA256, createSHA512 } from "hash-wasm";
import type { Digest, DigestAlgorithm } from "./names";

export interface Hasher {
  update(bytes: Uint8Array): void;
  /** The digest of everything so far. The hasher takes no more afterwards. */
  digest(): Digest;
}

export async function createHasher(algorithm: DigestAlgorithm): Promise<Hasher> {
  const state = await (algorithm === "sha512" ? createSHA512() : createSHA256());
  state.init();
  return {
    update: (bytes) => {
      state.update(bytes);
    },
    digest: () => `${algorithm}:${state.digest("hex")}`,
  };
}

export async function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = "sha256"): Promise<Digest> {
  const hasher = await createHasher(algorithm);
  hasher.update(bytes);
  return hasher.digest();
}

/** Reads a stream to its end. Rejects with whatever the stream fails with. */
export async function digestOfStream(
  stream: ReadableStream<Uint8Array>,
  algorithm: DigestAlgorithm,
): Promise<Digest> {
  const hasher = await createHasher(algorithm);
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) hasher.update(next.value);
  return hasher.digest();
}
