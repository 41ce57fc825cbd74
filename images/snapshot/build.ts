/** The pipeline's last stage: from kernel and disk to the folder that the page and `npm run guest` load. */
import { createRequire } from "node:module";
import { appendFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256Hex } from "../../worker/disk/chunk-fetcher";
import type { BuiltStage, Stage } from "../pipeline/stage";
import type { Manifest } from "../../contract/manifest";
import { compileEmulator } from "../../worker/machine/emulator/emulator";
import { compileQuickly } from "../../worker/node/quick-code";
import { takeSnapshot } from "./take-snapshot";
import { makeTrainingEmulator } from "./warm/training-emulator";
import { writeGuest } from "./write-guest";

/** What the machine has and boots with; a snapshot can only be restored into the same. */
export const coldBootSettings = {
  /** What a learner's three-service compose needs, and what a browser on a phone may still grant. */
  memoryBytes: 512 * 1024 * 1024,
  /** The text console is never shown; v86 wants some. */
  vgaMemoryBytes: 1024 * 1024,
  commandLine:
    "console=ttyS0 root=/dev/sda rw tsc=reliable mitigations=off random.trust_cpu=on nowatchdog ipv6.disable=1 quiet",
};

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Path of v86's WebAssembly in node_modules, and the exact version. */
export function findEmulator(): { wasm: string; version: string } {
  const require = createRequire(import.meta.url);
  const wasm = require.resolve("v86/build/v86.wasm");
  const { version } = require("v86/package.json") as { version: string };
  return { wasm, version };
}

export interface SnapshotInputs {
  readonly paths: {
    readonly kernel: string;
    readonly disk: string;
    readonly bios: string;
    readonly vgaBios: string;
  };
  /** The stages that the paths are from. */
  readonly stages: readonly BuiltStage[];
  readonly provenance: Manifest["provenance"];
}

/** The code that decides what a snapshot holds and how it is written. */
const SOURCES = [
  "images/snapshot",
  "contract/manifest.ts",
  "images/pipeline/chunk-writer.ts",
  "worker/machine/emulator",
];

/** The stage; its folder holds `manifest.json` and `chunks/`. */
export function snapshotStage({ paths, stages, provenance }: SnapshotInputs): Stage {
  const emulator = findEmulator();
  return {
    name: "snapshot",
    inputs: {
      files: SOURCES.map((path) => join(ROOT, path)),
      values: { v86: emulator.version, settings: JSON.stringify(coldBootSettings) },
      stages: stages.map(({ name, key }) => ({ name, key })),
    },
    async build(context) {
      const [bios, vgaBios] = await Promise.all([readBytes(paths.bios), readBytes(paths.vgaBios)]);
      const log = join(context.work, "guest.log");
      const wasm = await readBytes(emulator.wasm);
      const trained = await compileEmulator(makeTrainingEmulator(wasm));
      compileQuickly();
      const snapshot = await takeSnapshot({
        ...coldBootSettings,
        wasm: trained,
        bios: bios.buffer,
        vgaBios: vgaBios.buffer,
        disk: paths.disk,
        kernel: paths.kernel,
        say: context.say,
        log: (text) => appendFileSync(log, text),
      });
      const work = join(context.work, "chunks");
      await mkdir(work);
      const guest = {
        emulator: { version: emulator.version, sha256: await sha256Hex(wasm), ...coldBootSettings },
        provenance,
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
