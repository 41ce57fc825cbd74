/**
 * The agent's frames and sync words: images/agent/PROTOCOL.md, "Frames" and "Sync words". Bytes in, frames out; what
 * the payloads mean is in `messages.ts`.
 */
import { DrydockError } from "../../contract/errors";

export const HEADER_BYTES = 9;
export const MAX_PAYLOAD = 65536;
export const MAX_STREAM_ID = 0xffffff;
/** No payload may hold this many first bytes of its sender's word. */
export const CORE_BYTES = 12;

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** What the host says to put the agent's parser at a frame boundary. */
export const HOST_WORD = latin1("\xf5DryDock\xf6host\xf701");
/** What the agent says before its HELLO. */
export const AGENT_WORD = latin1("\xf5DryDock\xf6guest\xf71");

export interface Frame {
  readonly type: number;
  readonly stream: number;
  readonly payload: Uint8Array;
}

/** The index of the first `CORE_BYTES` of the word in the bytes, or -1. */
export function findCore(bytes: Uint8Array, word: Uint8Array): number {
  const first = word[0] ?? 0;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + CORE_BYTES > bytes.length) return -1;
    let same = 1;
    while (same < CORE_BYTES && bytes[at + same] === word[same]) same++;
    if (same === CORE_BYTES) return at;
  }
  return -1;
}

/** One frame's bytes. Throws `bad-request` when the payload is too long or holds the host's word. */
export function encodeFrame(type: number, stream: number, payload: Uint8Array): Uint8Array {
  if (payload.length > MAX_PAYLOAD) {
    throw new DrydockError(
      "bad-request",
      `a frame of ${payload.length} bytes for the agent; it takes ${MAX_PAYLOAD}`,
    );
  }
  if (findCore(payload, HOST_WORD) >= 0) {
    throw new DrydockError("bad-request", "a request to the agent may not hold its sync word");
  }
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, payload.length, true);
  view.setUint8(4, type);
  view.setUint32(5, stream, true);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

export interface FrameListener {
  /** The agent's word: what came before is void, the next byte starts a frame. */
  onSync(): void;
  onFrame(frame: Frame): void;
  /** A header that cannot be right. Everything up to the next word is skipped. Said once. */
  onLost(reason: string): void;
}

/** Finds words and frames in pieces of any size. It starts out of sync: what comes before the first word is skipped. */
export class FrameDecoder {
  readonly #listener: FrameListener;
  readonly #header = new Uint8Array(HEADER_BYTES);
  readonly #view = new DataView(this.#header.buffer);
  #headerLength = 0;
  #payload: Uint8Array | undefined;
  #payloadLength = 0;
  /** How many bytes of the word the last bytes were. */
  #matched = 0;
  #sync: "kept" | "lost" | "lost and said" = "lost and said";

  constructor(listener: FrameListener) {
    this.#listener = listener;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#matched === 0) {
        const first = bytes.indexOf(AGENT_WORD[0] ?? 0, at);
        const plain = first < 0 ? bytes.length : first;
        this.#parse(bytes.subarray(at, plain));
        at = plain;
        if (at === bytes.length) return;
      }
      const byte = bytes[at] ?? 0;
      // The word's first byte is nowhere else in it, so a mismatch can only restart at the start.
      if (byte === AGENT_WORD[this.#matched]) this.#matched++;
      else this.#matched = byte === AGENT_WORD[0] ? 1 : 0;
      if (this.#matched === AGENT_WORD.length) {
        this.#matched = 0;
        this.#restart();
        this.#sync = "kept";
        this.#listener.onSync();
      } else {
        this.#parse(bytes.subarray(at, at + 1));
      }
      at++;
    }
  }

  #restart(): void {
    this.#headerLength = 0;
    this.#payload = undefined;
    this.#payloadLength = 0;
  }

  #parse(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length && this.#sync === "kept") {
      if (this.#payload === undefined) {
        const part = bytes.subarray(at, at + HEADER_BYTES - this.#headerLength);
        this.#header.set(part, this.#headerLength);
        this.#headerLength += part.length;
        at += part.length;
        if (this.#headerLength < HEADER_BYTES) return;
        const length = this.#view.getUint32(0, true);
        if (length > MAX_PAYLOAD || this.#view.getUint32(5, true) > MAX_STREAM_ID) {
          this.#sync = "lost";
          break;
        }
        this.#payload = new Uint8Array(length);
        this.#payloadLength = 0;
      }
      const part = bytes.subarray(at, at + this.#payload.length - this.#payloadLength);
      this.#payload.set(part, this.#payloadLength);
      this.#payloadLength += part.length;
      at += part.length;
      if (this.#payloadLength < this.#payload.length) return;
      const frame = {
        type: this.#view.getUint8(4),
        stream: this.#view.getUint32(5, true),
        payload: this.#payload,
      };
      this.#restart();
      this.#listener.onFrame(frame);
    }
    // A word at a frame boundary looks like a bad header until its last byte: wait for what it becomes.
    if (this.#sync === "lost" && this.#matched === 0) {
      this.#sync = "lost and said";
      this.#listener.onLost("the agent sent a header that cannot be right");
    }
  }
}
