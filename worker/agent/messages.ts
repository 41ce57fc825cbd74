/** What the agent says: images/agent/PROTOCOL.md, "Frames from the agent". */
import { DrydockError } from "../../contract/errors";
import type { Frame } from "./frames";

export const AGENT_PROTOCOL = 1;

/** 0 is standard input and both directions of a socket, 1 standard output and the pty, 2 standard error. */
export type Channel = 0 | 1 | 2;

const AGENT = {
  hello: 0x41,
  ready: 0x42,
  clock: 0x43,
  opened: 0x44,
  exit: 0x45,
  data: 0x46,
  window: 0x47,
  eof: 0x48,
  stop: 0x49,
  closed: 0x4a,
  error: 0x4b,
} as const;

/** What the agent can say. `stream` is 0 for the connection, a tag for `clock`. */
export type AgentMessage =
  | {
      readonly kind: "hello";
      readonly version: number;
      readonly nonce: number;
      readonly window: number;
      readonly streams: number;
    }
  | { readonly kind: "ready" }
  | { readonly kind: "clock"; readonly stream: number; readonly beforeMs: number; readonly afterMs: number }
  | { readonly kind: "opened"; readonly stream: number; readonly pid: number }
  | {
      readonly kind: "exit";
      readonly stream: number;
      readonly status: number | undefined;
      readonly signal: number | undefined;
    }
  | { readonly kind: "data"; readonly stream: number; readonly channel: Channel; readonly bytes: Uint8Array }
  | { readonly kind: "window"; readonly stream: number; readonly bytes: number }
  | { readonly kind: "eof"; readonly stream: number; readonly channel: Channel }
  | { readonly kind: "stop"; readonly stream: number }
  | { readonly kind: "closed"; readonly stream: number; readonly errno: string; readonly text: string }
  | { readonly kind: "error"; readonly stream: number; readonly errno: string; readonly text: string };

class PayloadReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #advance(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#bytes.length) throw new DrydockError("agent", "the agent sent a truncated frame");
    this.#at += bytes;
    return at;
  }

  u8 = (): number => this.#view.getUint8(this.#advance(1));
  u16 = (): number => this.#view.getUint16(this.#advance(2), true);
  u32 = (): number => this.#view.getUint32(this.#advance(4), true);
  u64 = (): number => Number(this.#view.getBigUint64(this.#advance(8), true));
  bytes(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }
  rest = (): Uint8Array => this.bytes(this.#bytes.length - this.#at);

  channel(): Channel {
    const value = this.u8();
    if (value === 0 || value === 1 || value === 2) return value;
    throw new DrydockError("agent", `the agent sent channel ${value}`);
  }

  end(): void {
    if (this.#at !== this.#bytes.length)
      throw new DrydockError("agent", "the agent sent a frame that is too long");
  }
}

const text = new TextDecoder();

function decodeExit(stream: number, reader: PayloadReader): AgentMessage {
  const how = reader.u8();
  const value = reader.u8();
  if (how > 1) throw new DrydockError("agent", `the agent sent an end of kind ${how}`);
  return {
    kind: "exit",
    stream,
    status: how === 0 ? value : undefined,
    signal: how === 1 ? value : undefined,
  };
}

function decodeReason(kind: "closed" | "error", stream: number, reader: PayloadReader): AgentMessage {
  return { kind, stream, errno: text.decode(reader.bytes(reader.u8())), text: text.decode(reader.rest()) };
}

function decodePayload(type: number, stream: number, reader: PayloadReader): AgentMessage {
  switch (type) {
    case AGENT.hello:
      return {
        kind: "hello",
        version: reader.u16(),
        nonce: reader.u32(),
        window: reader.u32(),
        streams: reader.u16(),
      };
    case AGENT.ready:
      return { kind: "ready" };
    case AGENT.clock:
      return { kind: "clock", stream, beforeMs: reader.u64(), afterMs: reader.u64() };
    case AGENT.opened:
      return { kind: "opened", stream, pid: reader.u32() };
    case AGENT.exit:
      return decodeExit(stream, reader);
    case AGENT.data:
      return { kind: "data", stream, channel: reader.channel(), bytes: reader.rest() };
    case AGENT.window:
      reader.channel();
      return { kind: "window", stream, bytes: reader.u32() };
    case AGENT.eof:
      return { kind: "eof", stream, channel: reader.channel() };
    case AGENT.stop:
      reader.channel();
      return { kind: "stop", stream };
    case AGENT.closed:
      return decodeReason("closed", stream, reader);
    case AGENT.error:
      return decodeReason("error", stream, reader);
    default:
      throw new DrydockError("agent", `the agent sent a frame of unknown type ${type}`);
  }
}

/** Throws `agent` for anything that is not one of the agent's frames, whole and no longer. */
export function decodeMessage(frame: Frame): AgentMessage {
  const reader = new PayloadReader(frame.payload);
  const message = decodePayload(frame.type, frame.stream, reader);
  reader.end();
  return message;
}
