/** What a lesson needs and the hub of this site lacks: Debian's mirror did not have its packages when the site was built. */
import type { Lesson } from "../format/model";

/** The site's build puts the list in (scripts/site/site.ts); there is none in development. */
const MISSING: readonly string[] = (import.meta.env["DRYDOCK_MISSING_IMAGES"] as string[] | undefined) ?? [];

/** @returns names as a learner types them, without `library/` */
export function missingImagesOf(lesson: Lesson, missing: readonly string[] = MISSING): string[] {
  const names = missing.map((name) => name.replace(/^library\//, ""));
  const text = names.length === 0 ? "" : JSON.stringify(lesson);
  return names.filter((name) => new RegExp(`(?<![\\w/-])${name}(?![\\w-])`).test(text));
}
