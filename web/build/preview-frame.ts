/**
 * The preview's frame as one file, `preview-frame.html`, with its program inside: a sandboxed document has no origin, so
 * it could load a module from its own site only where the site allows everybody to.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";
import { buildClassicScript } from "./classic-script";

/** Beside `index.html`. */
export const FRAME_FILE = "preview-frame.html";
const PLACEHOLDER = /<script>\s*\/\* the frame's program \*\/\s*<\/script>/u;

/** @param root the folder of the page's sources */
export function previewFrame(root: string): Plugin {
  const folder = join(root, "preview/frame");
  return {
    name: "drydock:preview-frame",
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: FRAME_FILE, source: await buildFrame(folder, true) });
    },
    configureServer(server) {
      server.middlewares.use(`/${FRAME_FILE}`, (_request, response, next) => {
        buildFrame(folder, false).then((html) => {
          response.setHeader("Content-Type", "text/html");
          response.end(html);
        }, next);
      });
    },
  };
}

async function buildFrame(folder: string, minify: boolean): Promise<string> {
  const html = await readFile(join(folder, "frame.html"), "utf8");
  if (!PLACEHOLDER.test(html)) throw new Error(`${folder}/frame.html has no place for its program`);
  const script = await buildClassicScript(folder, { name: "drydockPreviewFrame", minify });
  // Neither may end the element that it is in (HTML standard, "restrictions for contents of script elements").
  const safe = script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  return html.replace(PLACEHOLDER, () => `<script>${safe}</script>`);
}
