/** zstd frames by hand, so that unit tests need no zstd program: RFC 8878, section 3.1.1. */

/** Section 3.1.1.2.4: no block of a frame is larger, in bytes. */
const MAX_BLOCK_BYTES = 128 * 1024;

/** A frame of raw (stored) blocks: a single segment with a content size of 4 bytes and no checksum. */
export function storedFrame(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const blocks = Math.max(1, Math.ceil(content.byteLength / MAX_BLOCK_BYTES));
  const frame = new Uint8Array(4 + 1 + 4 + blocks * 3 + content.byteLength);
  const view = new DataView(frame.buffer);
  view.setUint32(0, 0xfd2fb528, true);
  // Frame_Content_Size_flag 2 (4 bytes), Single_Segment_flag 1.
  view.setUint8(4, 0b1010_0000);
  view.setUint32(5, content.byteLength, true);
  let at = 9;
  for (let block = 0; block < blocks; block++) {
    const bytes = content.subarray(block * MAX_BLOCK_BYTES, (block + 1) * MAX_BLOCK_BYTES);
    const last = block === blocks - 1 ? 1 : 0;
    // Block_Type 0 (raw) is in bits 1 and 2, the size above them.
    const header = last | (bytes.byteLength << 3);
    view.setUint16(at, header & 0xffff, true);
    view.setUint8(at + 2, header >>> 16);
    frame.set(bytes, at + 3);
    at += 3 + bytes.byteLength;
  }
  return frame;
}
