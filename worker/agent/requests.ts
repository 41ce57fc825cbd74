/** What the host says: images/agent/PROTOCOL.md, "Frames from the host". */
import { DrydockError } from "../../contract/errors";
import { concatBytes } from "../bytes";
import { CORE_BYTES, HOST_WORD, encodeFrame, findCore } from "./frames";
import { AGENT_PROTOCOL, type Channel } from "./messages";

const HOST = {
  hello: 0x01,
  clock: 0x02,
  exec: 0x03,
  connectUnix: 0x04,
  connectTcp: 0x05,
  data: 0x06,
  window: 0x07,
  eof: 0x08,
  stop: 0x09,
  resize: 0x0a,
  signal: 0x0b,
  close: 0x0c,
} as const;

/** Collects a payload. Integers are little-endian; a value out of its range throws `bad-request`. */
class PayloadWriter {
  readonly #parts: Uint8Array[] = [];

  #integer(value: number, bytes: number): this {
    if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** (8 * bytes)) {
      throw new DrydockError("bad-request", `${value} is not a number that the agent takes`);
    }
    const part = new Uint8Array(8);
    new DataView(part.buffer).setBigUint64(0, BigInt(value), true);
    this.#parts.push(part.subarray(0, bytes));
    return this;
  }

  u8 = (value: number): this => this.#integer(value, 1);
  u16 = (value: number): this => this.#integer(value, 2);
  u32 = (value: number): this => this.#integer(value, 4);
  u64 = (value: number): this => this.#integer(value, 8);

  str(value: string): this {
    if (value.includes("\0")) throw new DrydockError("bad-request", "a text for the agent holds a zero byte");
    const bytes = new TextEncoder().encode(value);
    this.u16(bytes.length);
    return this.raw(bytes);
  }

  list(values: readonly string[]): this {
    this.u16(values.length);
    for (const value of values) this.str(value);
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    return this;
  }

  frame(type: number, stream: number): Uint8Array {
    return encodeFrame(type, stream, concatBytes(this.#parts));
  }
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface ExecRequest {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  /** A pty of this size; pipes when undefined. */
  readonly pty: TerminalSize | undefined;
  /** Standard error goes where standard output goes. */
  readonly mergeStderr: boolean;
  /** Standard input is /dev/null. */
  readonly noStdin: boolean;
  /** Bytes of each output that may come before more is granted. */
  readonly window: number;
}

/** The host's word and HELLO. */
export function encodeHello(nonce: number): Uint8Array {
  return concatBytes([HOST_WORD, new PayloadWriter().u16(AGENT_PROTOCOL).u32(nonce).frame(HOST.hello, 0)]);
}

export const encodeClock = (tag: number, epochMs: number): Uint8Array =>
  new PayloadWriter().u64(epochMs).frame(HOST.clock, tag);

export function encodeExec(stream: number, request: ExecRequest): Uint8Array {
  const flags = (request.pty ? 1 : 0) | (request.mergeStderr ? 2 : 0) | (request.noStdin ? 4 : 0);
  return new PayloadWriter()
    .u8(flags)
    .u16(request.pty?.columns ?? 0)
    .u16(request.pty?.rows ?? 0)
    .u32(request.window)
    .str(request.user)
    .str(request.cwd)
    .list(request.argv)
    .list(Object.entries(request.env).map(([name, value]) => `${name}=${value}`))
    .frame(HOST.exec, stream);
}

export const encodeConnectUnix = (stream: number, window: number, path: string): Uint8Array =>
  new PayloadWriter().u32(window).str(path).frame(HOST.connectUnix, stream);

export const encodeConnectTcp = (stream: number, window: number, port: number): Uint8Array =>
  new PayloadWriter().u32(window).u16(port).frame(HOST.connectTcp, stream);

/**
 * As many of the bytes as one DATA frame may hold, at most `most`: a frame ends inside the sync word's first bytes
 * where the data holds them, so that the word never appears.
 */
export function encodeData(
  stream: number,
  bytes: Uint8Array,
  most: number,
): { frame: Uint8Array; taken: number } {
  const part = bytes.subarray(0, most);
  const core = findCore(part, HOST_WORD);
  const taken = core < 0 ? part.length : core + CORE_BYTES / 2;
  return { frame: new PayloadWriter().u8(0).raw(part.subarray(0, taken)).frame(HOST.data, stream), taken };
}

export const encodeWindow = (stream: number, channel: Channel, bytes: number): Uint8Array =>
  new PayloadWriter().u8(channel).u32(bytes).frame(HOST.window, stream);

export const encodeEof = (stream: number): Uint8Array => new PayloadWriter().u8(0).frame(HOST.eof, stream);

export const encodeStop = (stream: number, channel: Channel): Uint8Array =>
  new PayloadWriter().u8(channel).frame(HOST.stop, stream);

export const encodeResize = (stream: number, size: TerminalSize): Uint8Array =>
  new PayloadWriter().u16(size.columns).u16(size.rows).frame(HOST.resize, stream);

export const encodeSignal = (stream: number, number: number): Uint8Array =>
  new PayloadWriter().u8(number).frame(HOST.signal, stream);

export const encodeClose = (stream: number): Uint8Array => new PayloadWriter().frame(HOST.close, stream);
