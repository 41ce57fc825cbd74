/** Whether a machine computes right: the same C program in the guest and on the host, and the guest's own programs. */
import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { compile, filesNamed } from "../../../images/agent/compile";
import type { Machine } from "../../../worker/machine/machine";

/** On the host a double is SSE2's; for i386 a compiler must be told. */
const GUEST_FLAGS = ["-O2", "-static", "-msse2", "-mfpmath=sse"];
const STREAM_BYTES = 3_000_000;

export interface Checksums {
  /** A static i386 ELF. */
  readonly program: Uint8Array;
  /** What it has to print, and then the digest of a stream of zeros that gzip took and gave back. */
  readonly expected: string;
}

/** @param folder an empty one for the programs */
export async function prepareChecksums(folder: string): Promise<Checksums> {
  const sources = filesNamed(import.meta.dirname, ".c");
  const native = await compile("gcc", ["-O2"], sources, join(folder, "native"));
  const guest = await compile("i686-linux-gnu-gcc", GUEST_FLAGS, sources, join(folder, "guest"));
  const { stdout } = await promisify(execFile)(native);
  const digest = createHash("sha256").update(new Uint8Array(STREAM_BYTES)).digest("hex");
  return { program: await readFile(guest), expected: `${stdout}${digest}  -\n` };
}

/** What the guest computes. */
export async function computeInGuest(machine: Machine, { program }: Checksums): Promise<string> {
  const script = `set -e; cat >/tmp/checksums; chmod +x /tmp/checksums; /tmp/checksums
    head -c ${STREAM_BYTES} /dev/zero | gzip | gunzip | sha256sum; rm /tmp/checksums`;
  const { stdout, stderr, status } = await machine.agent.run(["/bin/bash", "-c", script], { input: program });
  return status === 0 ? stdout : `status ${status}: ${stderr}`;
}
