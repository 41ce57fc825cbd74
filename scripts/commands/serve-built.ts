/** Serves what is in `dist/` now, for the browser tests: `tsx scripts/commands/serve-built.ts PORT`. */
import { readPort, runCommand } from "../cli";
import { serveSite } from "../site/serve";

await runCommand({
  usage: "usage: tsx scripts/commands/serve-built.ts PORT",
  readFlags: ([port = ""]) => readPort(port),
  run: async (port) => {
    console.log((await serveSite({ port })).url);
  },
});
