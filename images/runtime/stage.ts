/** Our program between Docker and its OCI runtimes, as a stage: its folder holds the static i386 program. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileForGuest, programInputs } from "../agent/compile";
import type { Stage } from "../pipeline/stage";

const folder = dirname(fileURLToPath(import.meta.url));

export const runtimeStage: Stage = {
  name: "runtime",
  inputs: { files: programInputs(folder) },
  async build({ out, say }) {
    say("compiling");
    await compileForGuest(folder, join(out, "drydock-runtime"), say);
  },
};
