/** Decompression of chunks: zstd frames (RFC 8878) by the zstddec library, with its answers checked. */
import { ZSTDDecoder } from "zstddec";
import { DrydockError } from "../../contract/errors";

/** Decompresses one zstd frame. Throws `bad-chunk` if it does not come out at exactly `size` bytes. */
export type Decompress = (frame: Uint8Array, size: number) => Uint8Array;

/** Loads the decoder once; the function that it resolves to is synchronous (about 300 MB/s on a laptop). */
export async function createDecompress(): Promise<Decompress> {
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return (frame, size) => {
    if (size === 0) return new Uint8Array(0);
    let bytes: Uint8Array;
    try {
      bytes = decoder.decode(frame, size);
    } catch (cause) {
      throw new DrydockError("bad-chunk", "a chunk is not a zstd frame", { cause });
    }
    if (bytes.byteLength !== size) {
      throw new DrydockError(
        "bad-chunk",
        `a chunk decompresses to ${bytes.byteLength} bytes instead of ${size}`,
      );
    }
    return bytes;
  };
}
