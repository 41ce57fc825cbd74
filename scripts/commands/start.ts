/** `npm start`: builds what is missing, then serves the production build on 127.0.0.1. */
import { parseArgs } from "node:util";
import { readPort, runCommand } from "../cli";
import { buildAll } from "../site/build-all";
import { DEFAULT_PORT, serveSite } from "../site/serve";

await runCommand({
  usage: "usage: npm start -- [--port N]",
  readFlags: (args) => {
    const { port } = parseArgs({ args, options: { port: { type: "string", default: DEFAULT_PORT } } }).values;
    return { port: readPort(port) };
  },
  run: async ({ port }) => {
    await buildAll();
    const { url } = await serveSite({ port });
    console.log(`\n  Drydock is ready:  ${url}\n  Stop it with Ctrl-C.\n`);
  },
});
