/** `npm start`: builds what is missing, then serves the production build on 127.0.0.1. */
import { parseArgs } from "node:util";
import { buildGuest } from "../../images/build";
import { createProgress } from "../../images/pipeline/progress";
import { messageOf } from "../../contract/errors";
import { serveSite } from "../site/serve";
import { buildSite } from "../site/site";

const DEFAULT_PORT = 5173;

try {
  const { values } = parseArgs({ options: { port: { type: "string", default: String(DEFAULT_PORT) } } });
  const log = createProgress(process.stderr);
  const guest = await buildGuest({ log });
  await buildSite(guest.folder, log);
  const { url } = await serveSite({ port: Number(values.port) });
  console.log(`\n  Drydock is ready:  ${url}\n  Stop it with Ctrl-C.\n`);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
