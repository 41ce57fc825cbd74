/** `npm run build`: the static site in `dist/`, for any static host. */
import { parseArgs } from "node:util";
import { runCommand } from "../cli";
import { buildAll } from "../site/build-all";
import { DIST } from "../site/site";

await runCommand({
  usage: "usage: npm run build",
  readFlags: (args) => parseArgs({ args }),
  run: async () => {
    await buildAll();
    console.log(DIST);
    return 0;
  },
});
