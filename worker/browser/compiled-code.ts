/**
 * The snapshot's code, compiled so that it is quick at the next visit. Chromium keeps what it has optimised of a module
 * beside the response that the module was compiled from, if that response came out of its caches. So the code goes
 * through Cache Storage. Whatever fails here costs only that: the code is then compiled from memory.
 */
import { compileCode } from "../machine/warm-state";

const CACHE_NAME = "drydock-code-1";

export interface CompileOptions {
  /** Absolute URL of the guest's folder: two Drydocks of one origin must not throw away each other's code. */
  readonly guestUrl: string;
  /** The manifest's id. Code of another one is dropped. */
  readonly id: string;
}

/** @throws DrydockError `bad-snapshot` if the code is none */
export async function compileKeptCode(
  code: Uint8Array<ArrayBuffer>,
  options: CompileOptions,
): Promise<WebAssembly.Module> {
  try {
    const response = await keep(code, options);
    if (response !== undefined) return await WebAssembly.compileStreaming(response);
  } catch {
    // No Cache Storage here, a full one, or one that the browser takes away.
  }
  return compileCode(code);
}

/** What the cache has for these bytes, put there if need be. */
async function keep(
  code: Uint8Array<ArrayBuffer>,
  { guestUrl, id }: CompileOptions,
): Promise<Response | undefined> {
  const cache = await caches.open(`${CACHE_NAME}:${new URL(guestUrl).pathname}`);
  const address = new URL(`/drydock-code/${id}.wasm`, guestUrl).href;
  const kept = await cache.match(address);
  if (kept !== undefined && isSame(new Uint8Array(await kept.clone().arrayBuffer()), code)) return kept;
  for (const request of await cache.keys()) await cache.delete(request);
  await cache.put(address, new Response(code, { headers: { "content-type": "application/wasm" } }));
  return cache.match(address);
}

/** Compares whole words: there are some twenty megabytes. */
function isSame(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): boolean {
  if (a.byteLength !== b.byteLength) return false;
  const words = a.byteLength >>> 2;
  const [left, right] = [a, b].map(({ buffer, byteOffset }) => new Uint32Array(buffer, byteOffset, words));
  for (let at = 0; at < words; at++) if (left?.[at] !== right?.[at]) return false;
  return a.subarray(words * 4).every((byte, index) => byte === b[words * 4 + index]);
}
