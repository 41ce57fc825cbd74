/** `npm run images`: builds what is stale of the guest's artefacts. `--fresh` asks Debian's mirror anew. */
import { parseArgs } from "node:util";
import { buildGuest } from "../../images/build";
import { createProgress } from "../../images/pipeline/progress";
import { runCommand } from "../cli";

await runCommand({
  usage: "usage: npm run images -- [--fresh]",
  readFlags: (args) => parseArgs({ args, options: { fresh: { type: "boolean", default: false } } }).values,
  run: async ({ fresh }) => {
    const guest = await buildGuest({ log: createProgress(process.stderr), fresh });
    console.log(`kernel ${guest.kernel}\ndisk   ${guest.disk}\nguest  ${guest.folder}`);
    return 0;
  },
});
