/** The names that classes of CSS modules have in the page: short, since each stands in a style sheet and in a script. */
import { createHash } from "node:crypto";
import { relative } from "node:path";

/**
 * @param root the folder of the page's sources
 * @returns a name for a class of a file: a letter and three more characters, the same in every build
 */
export function classNamer(root: string): (name: string, file: string) => string {
  const taken = new Map<string, string>();
  return (name, file) => {
    const [path = ""] = relative(root, file).split("?");
    const key = `${path} ${name}`;
    const hash = createHash("sha256").update(key).digest();
    const short =
      String.fromCharCode(97 + ((hash[3] ?? 0) % 26)) + hash.subarray(0, 3).toString("base64url").slice(0, 3);
    const other = taken.get(short);
    if (other !== undefined && other !== key) throw new Error(`${key} and ${other} have the same short name`);
    taken.set(short, key);
    return short;
  };
}
