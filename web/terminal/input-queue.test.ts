import { describe, expect, it, vi } from "vitest";
import { DrydockError } from "../../contract/errors";
import { InputQueue, PIECE_BYTES, type PasteProgress } from "./input-queue";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.byteLength;
  }
  return whole;
}
const NOTHING = new Uint8Array();
const CLOSING = encode("\u001b[201~");

/** A guest that takes a piece when it is told to. */
function setUp() {
  const pieces: Uint8Array[] = [];
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const progress: (PasteProgress | undefined)[] = [];
  const errors: DrydockError[] = [];
  let most = 0;
  const queue = new InputQueue({
    write: (bytes) => {
      pieces.push(bytes.slice());
      most = Math.max(most, waiting.length + 1);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    onProgress: (value) => progress.push(value),
    onError: (error) => errors.push(error),
  });
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
  const take = async (): Promise<void> => {
    waiting.shift()?.resolve();
    await turn();
  };
  const takeAll = async (): Promise<void> => {
    while (waiting.length > 0) await take();
  };
  const refuse = async (error: Error): Promise<void> => {
    waiting.shift()?.reject(error);
    await turn();
  };
  const received = (): string => new TextDecoder().decode(join(pieces));
  return { queue, pieces, progress, errors, take, takeAll, refuse, received, most: () => most };
}

describe("InputQueue", () => {
  it("sends one piece at a time, in order, and gathers what is typed meanwhile", async () => {
    const { queue, pieces, take, takeAll, received, most } = setUp();
    for (const key of ["l", "s", " ", "-", "l", "\r"]) queue.type(encode(key));
    expect(pieces.map(String)).toEqual([String(encode("l"))]);
    await take();
    expect(received()).toBe("ls -l\r");
    expect(pieces).toHaveLength(2);
    await takeAll();
    queue.type(encode("x"));
    await takeAll();
    expect(received()).toBe("ls -l\rx");
    expect(most()).toBe(1);
  });

  it("brings 1 MB of pasted text through whole, in pieces under the limit, with its progress", async () => {
    const { queue, pieces, progress, takeAll } = setUp();
    const text = Uint8Array.from({ length: 1_000_003 }, (_, index) => (index * 7919) % 251);
    queue.paste(text, NOTHING);
    queue.type(encode("!"));
    await takeAll();
    const expected = join([text, encode("!")]);
    const whole = join(pieces);
    expect(whole.byteLength).toBe(expected.byteLength);
    expect(whole.findIndex((byte, index) => byte !== expected[index])).toBe(-1);
    expect(Math.max(...pieces.map((piece) => piece.byteLength))).toBe(PIECE_BYTES);
    expect(progress[0]).toEqual({ sent: 0, total: 1_000_003 });
    expect(progress[1]).toEqual({ sent: PIECE_BYTES, total: 1_000_003 });
    expect(progress.at(-1)).toBeUndefined();
    expect(queue.isPasting).toBe(false);
  });

  it("counts pastes that follow one another as one", async () => {
    const { queue, progress, takeAll } = setUp();
    queue.paste(new Uint8Array(PIECE_BYTES), NOTHING);
    queue.paste(new Uint8Array(PIECE_BYTES), NOTHING);
    await takeAll();
    expect(progress).toEqual([
      { sent: 0, total: PIECE_BYTES },
      { sent: 0, total: 2 * PIECE_BYTES },
      { sent: PIECE_BYTES, total: 2 * PIECE_BYTES },
      undefined,
    ]);
  });

  it("cuts a paste short with its closing bracket and keeps what was typed after it", async () => {
    const { queue, received, takeAll } = setUp();
    queue.paste(encode("a".repeat(3 * PIECE_BYTES)), CLOSING);
    queue.paste(encode("b".repeat(PIECE_BYTES)), CLOSING);
    queue.type(encode("\r"));
    queue.cancelPastes();
    expect(queue.isPasting).toBe(false);
    await takeAll();
    expect(received()).toBe(`${"a".repeat(PIECE_BYTES)}\u001b[201~\r`);
  });

  it("does not count a cancelled piece for the next paste", async () => {
    const { queue, progress, takeAll } = setUp();
    queue.paste(new Uint8Array(PIECE_BYTES * 2), NOTHING);
    queue.cancelPastes();
    queue.paste(new Uint8Array(PIECE_BYTES + 1), NOTHING);
    progress.length = 0;
    await takeAll();
    expect(progress).toEqual([{ sent: PIECE_BYTES, total: PIECE_BYTES + 1 }, undefined]);
  });

  it("drops everything on a reset and then serves the next guest, whatever the old call does", async () => {
    const { queue, received, take, takeAll, refuse, errors } = setUp();
    queue.paste(new Uint8Array(PIECE_BYTES * 4), CLOSING);
    queue.reset();
    expect(queue.isPasting).toBe(false);
    queue.type(encode("new"));
    await refuse(new DrydockError("aborted", "the machine was ended"));
    await take();
    await takeAll();
    expect(received().slice(PIECE_BYTES)).toBe("new");
    expect(errors).toEqual([]);
  });

  it("reports a failed write once, drops the rest and goes on with what comes later", async () => {
    const { queue, received, refuse, takeAll, errors } = setUp();
    queue.type(encode("a"));
    queue.type(encode("b"));
    await refuse(new TypeError("odd"));
    expect(errors.map((error) => [error.code, error.message])).toEqual([["internal", "odd"]]);
    queue.type(encode("c"));
    await takeAll();
    expect(received()).toBe("ac");
  });

  it("has nothing to do for nothing", () => {
    const write = vi.fn(() => Promise.resolve());
    const onProgress = vi.fn();
    const queue = new InputQueue({ write, onProgress, onError: () => undefined });
    queue.type(NOTHING);
    queue.paste(NOTHING, CLOSING);
    expect(write).not.toHaveBeenCalled();
    expect(onProgress).not.toHaveBeenCalled();
  });
});
