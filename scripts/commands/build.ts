/** `npm run build`: the static site in `dist/`, for any static host. */
import { buildGuest } from "../../images/build";
import { createProgress } from "../../images/pipeline/progress";
import { messageOf } from "../../contract/errors";
import { buildSite, DIST } from "../site/site";

try {
  const log = createProgress(process.stderr);
  const guest = await buildGuest({ log });
  await buildSite(guest.folder, log);
  console.log(DIST);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
