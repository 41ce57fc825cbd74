/**
 * A record that tells whether it is whole: `DDK1`, four letters for what it is, the length of its payload as it is
 * and as it is stored, the payload (DEFLATE), and the SHA-256 of all that. Numbers are little-endian uint32.
 */
import { DrydockError } from "../../contract/errors";
import { concatBytes } from "../bytes";
import { deflate, inflate } from "./deflate";

export type RecordKind = "ROOT" | "HEAD" | "BODY" | "PACK" | "GUES" | "FILE";

const MAGIC = "DDK1";
const HEAD_BYTES = 16;
const DIGEST_BYTES = 32;
/** Of a record's payload: far more than any has. */
const MOST_BYTES = 256 * 1024 * 1024;

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export function isSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && one.every((byte, index) => byte === other[index]);
}

export async function seal(
  kind: RecordKind,
  payload: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const stored = await deflate(payload);
  const head = new Uint8Array(HEAD_BYTES);
  new TextEncoder().encodeInto(MAGIC + kind, head);
  const view = new DataView(head.buffer);
  view.setUint32(8, payload.byteLength, true);
  view.setUint32(12, stored.byteLength, true);
  const record = concatBytes([head, stored]);
  return concatBytes([record, await sha256(record)]);
}

/** Bytes of the record that begins with these 16, or undefined if none of that kind does. */
export function sealedBytes(kind: RecordKind, head: Uint8Array<ArrayBuffer>): number | undefined {
  if (head.byteLength < HEAD_BYTES || new TextDecoder("latin1").decode(head.subarray(0, 8)) !== MAGIC + kind)
    return undefined;
  const view = new DataView(head.buffer, head.byteOffset, HEAD_BYTES);
  if (view.getUint32(8, true) > MOST_BYTES || view.getUint32(12, true) > MOST_BYTES) return undefined;
  return HEAD_BYTES + view.getUint32(12, true) + DIGEST_BYTES;
}

/**
 * The payload of a record.
 * @throws DrydockError `bad-save` for anything but a whole record of that kind
 */
export async function unseal(
  kind: RecordKind,
  record: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  if (sealedBytes(kind, record) !== record.byteLength) throw damaged(`is no whole record ${kind}`);
  const sealedPart = record.slice(0, record.byteLength - DIGEST_BYTES);
  if (!isSameBytes(await sha256(sealedPart), record.subarray(sealedPart.byteLength)))
    throw damaged(`is a record ${kind} that has been altered`);
  const view = new DataView(sealedPart.buffer);
  return inflate(sealedPart.slice(HEAD_BYTES), view.getUint32(8, true));
}

function damaged(what: string): DrydockError {
  return new DrydockError("bad-save", `what was kept ${what}`);
}
