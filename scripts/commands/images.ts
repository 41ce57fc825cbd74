/** `npm run images`: builds what is stale of the guest's artefacts. `--fresh` asks Debian's mirror anew. */
import { parseArgs } from "node:util";
import { buildGuest } from "../../images/build";
import { createProgress } from "../../images/pipeline/progress";
import { messageOf } from "../../contract/errors";

try {
  const { values } = parseArgs({ options: { fresh: { type: "boolean", default: false } } });
  const guest = await buildGuest({ log: createProgress(process.stderr), fresh: values.fresh });
  console.log(`kernel ${guest.kernel}\ndisk   ${guest.disk}\nguest  ${guest.folder}`);
} catch (error) {
  console.error(messageOf(error));
  // A machine that did not come up may still be running: it must not keep the program.
  process.exit(1);
}
