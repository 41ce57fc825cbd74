import { type HostTool } from "../../images/pipeline/host-tools";
import { type CheckResult } from "./checks";
export const HUB_TOOLS: readonly HostTool[] = [];
export function runHubChecks(_folder: string, _print: (line: string) => void): Promise<CheckResult[]> {
  return Promise.resolve([]);
}
