/** Compiles the agent: static and i386 for the image, native for the tests. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, compileChecked, compileForGuest, programInputs } from "./compile";

const folder = dirname(fileURLToPath(import.meta.url));

/** Absolute paths of every file that the binary depends on. */
export function agentInputs(): string[] {
  return [...programInputs(folder), fileURLToPath(import.meta.url)];
}

/** Makes `drydock-agent` for the guest in the folder and answers with its path. Throws what the compiler says. */
export function buildAgent(outDir: string, log: (line: string) => void = () => undefined): Promise<string> {
  return compileForGuest(folder, join(outDir, "drydock-agent"), log);
}

/** Makes the agent for this machine, with address and undefined-behaviour checks. */
export function buildCheckedAgent(outDir: string): Promise<string> {
  return compileChecked(folder, join(outDir, "drydock-agent-checked"));
}

/** Makes the tests' pty between pipes and the agent. */
export function buildPtyBridge(outDir: string): Promise<string> {
  return compile("gcc", ["-O1"], [join(folder, "test", "pty-bridge.c")], join(outDir, "pty-bridge"));
}
