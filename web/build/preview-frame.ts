/**
 * The preview's frame as one file, `preview-frame.html`, with its program inside: a sandboxed document has no origin, so
 * it could load a module from its own site only where the site allows everybody to.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin } from "vite";

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
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    build: {
      write: false,
      minify,
      target: "es2022",
      lib: { entry: join(folder, "main.ts"), formats: ["iife"], name: "drydockPreviewFrame" },
    },
  });
  if (!Array.isArray(result) || result[0] === undefined) throw new Error("the frame's program was not built");
  const script = result[0].output[0].code;
  // Neither may end the element that it is in (HTML standard, "restrictions for contents of script elements").
  const safe = script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  return html.replace(PLACEHOLDER, () => `<script>${safe}</script>`);
}
