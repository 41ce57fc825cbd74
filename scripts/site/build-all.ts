import { buildGuest, type Guest } from "../../images/build";
import { createProgress } from "../../images/pipeline/progress";
import { buildSite } from "./site";

/** Builds what is stale of the guest and of the site that ships it; progress goes to standard error. */
export async function buildAll(): Promise<Guest> {
  const log = createProgress(process.stderr);
  const guest = await buildGuest({ log });
  await buildSite(guest.folder, log);
  return guest;
}
