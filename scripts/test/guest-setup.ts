/** Vitest's global set-up of what runs in a machine: a guest that DRYDOCK_GUEST names is taken as it is, else built. */
import { buildGuest } from "../../images/build";
import { createProgress } from "../../images/pipeline/progress";

export default async function setUp(): Promise<void> {
  process.env["DRYDOCK_GUEST"] ??= (await buildGuest({ log: createProgress(process.stderr) })).folder;
}
