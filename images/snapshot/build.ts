/** The pipeline's last stage: from kernel and disk to the folder that the page and `npm run guest` load. */
import { createRequire } from "node:module";
import { appendFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuiltStage, Stage } from "../pipeline/stage";
import type { Manifest } from "../manifest";
import { compileEmulator } from "../../worker/machine/emulator";
import { takeSnapshot } from "./take-snapshot";
import { writeGuest } from "./write-guest";

/** 512 MiB: what a learner's three-service compose needs, and what a browser on a phone may still grant. */
const MEMORY_BYTES = 512 * 1024 * 1024;
/** The text console is never shown; v86 wants some. */
const VGA_MEMORY_BYTES = 1024 * 1024;
export const COMMAND_LINE =
  "console=ttyS0 root=/dev/sda rw tsc=reliable mitigations=off random.trust_cpu=on nowatchdog ipv6.disable=1 quiet";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Path of v86's WebAssembly in node_modules, and the exact version. */
export function findEmulator(): { wasm: string; version: string } {
  const require = createRequire(import.meta.url);
  const wasm = require.resolve("v86/build/v86.wasm");
  const { version } = require("v86/package.json") as { version: string };
  return { wasm, version };
}

export interface SnapshotInputs {
  readonly kernel: BuiltStage & { readonly image: string };
  readonly disk: BuiltStage & { readonly image: string };
  /** Paths of SeaBIOS' two images. */
  readonly firmware: BuiltStage & { readonly bios: string; readonly vgaBios: string };
  readonly provenance: Manifest["provenance"];
}

/** The stage; its folder holds `manifest.json` and `chunks/`. */
export function snapshotStage(inputs: SnapshotInputs): Stage {
  const { kernel, disk, firmware } = inputs;
  const emulator = findEmulator();
  const values = {
    v86: emulator.version,
    memory: String(MEMORY_BYTES),
    vga: String(VGA_MEMORY_BYTES),
    commandLine: COMMAND_LINE,
  };
  const sources = ["images/snapshot", "images/manifest.ts", "worker/machine", "worker/disk"];
  return {
    name: "snapshot",
    inputs: {
      files: sources.map((path) => join(ROOT, path)),
      values,
      stages: [kernel, disk, firmware].map(({ name, key }) => ({ name, key })),
    },
    async build(context) {
      const [bios, vgaBios] = await Promise.all([readBytes(firmware.bios), readBytes(firmware.vgaBios)]);
      const log = join(context.work, "guest.log");
      const snapshot = await takeSnapshot({
        wasm: await compileEmulator(await readBytes(emulator.wasm)),
        bios: bios.buffer,
        vgaBios: vgaBios.buffer,
        disk: disk.image,
        kernel: kernel.image,
        commandLine: COMMAND_LINE,
        memoryBytes: MEMORY_BYTES,
        vgaMemoryBytes: VGA_MEMORY_BYTES,
        say: context.say,
        log: (text) => appendFileSync(log, text),
      });
      const work = join(context.work, "chunks");
      await mkdir(work);
      const guest = {
        emulator: {
          version: emulator.version,
          memoryBytes: MEMORY_BYTES,
          vgaMemoryBytes: VGA_MEMORY_BYTES,
          commandLine: COMMAND_LINE,
        },
        provenance: inputs.provenance,
        bios,
        vgaBios,
      };
      await writeGuest(snapshot, guest, { out: context.out, work, say: context.say, run: context.run });
    },
  };
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return Uint8Array.from(await readFile(path));
}
