/** Serves what is in `dist/` now, for the browser tests: `tsx scripts/commands/serve-built.ts PORT`. */
import { messageOf } from "../../contract/errors";
import { serveSite } from "../site/serve";

try {
  const { url } = await serveSite({ port: Number(process.argv[2]) });
  console.log(url);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
