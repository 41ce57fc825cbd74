/** The agent as a stage of the pipeline: its folder holds the static i386 program. */
import type { Stage } from "../pipeline/stage";
import { agentInputs, buildAgent } from "./build";

export const agentStage: Stage = {
  name: "agent",
  inputs: { files: agentInputs() },
  async build({ out, say }) {
    say("compiling");
    await buildAgent(out, say);
  },
};
