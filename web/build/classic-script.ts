/** A program of the page's as one classic script: for the places that take no modules. */
import { join } from "node:path";
import { build } from "vite";

/**
 * @param folder with the program's `main.ts`
 * @param options.name a global name, which the bundler wants and nothing uses
 * @throws Error when the bundler makes anything but one script, and what it throws itself
 */
export async function buildClassicScript(
  folder: string,
  { name, minify }: { readonly name: string; readonly minify: boolean },
): Promise<string> {
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    build: {
      write: false,
      minify,
      target: "es2022",
      lib: { entry: join(folder, "main.ts"), formats: ["iife"], name },
    },
  });
  if (!Array.isArray(result) || result[0] === undefined) throw new Error(`${folder}/main.ts was not built`);
  return result[0].output[0].code;
}
