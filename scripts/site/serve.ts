/** Serves `dist/` as a good static host would: Vite's preview server on the loopback, with the site's headers. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { preview, type Plugin } from "vite";
import { FRAME_FILE } from "../../web/build/preview-frame";
import { FRAME_HEADERS, SITE_HEADERS } from "./headers";
import { DIST, ROOT } from "./site";

/** As a flag's text. */
export const DEFAULT_PORT = "5173";

const serveFrame: Plugin = {
  name: "drydock:serve-preview-frame",
  configurePreviewServer(server) {
    server.middlewares.use(`/${FRAME_FILE}`, (_request, response, next) => {
      readFile(join(DIST, FRAME_FILE)).then((html) => {
        for (const [name, value] of Object.entries(FRAME_HEADERS)) response.setHeader(name, value);
        response.end(html);
      }, next);
    });
  },
};

/** Serves a lesson that is being written; `x-drydock-watch` has the page look for changes. */
function serveLesson(file: string): Plugin {
  return {
    name: "drydock:serve-lesson",
    configurePreviewServer(server) {
      server.middlewares.use(LESSON_PATH, (_request, response, next) => {
        readFile(file).then((text) => {
          response.setHeader("Content-Type", "text/markdown; charset=utf-8");
          response.setHeader("Cache-Control", "no-store");
          response.setHeader("x-drydock-watch", "1");
          response.end(text);
        }, next);
      });
    },
  };
}

/** Where a lesson that is being written is served. */
export const LESSON_PATH = "/lesson.md";

export interface ServedSite {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * @param options.port 1-65535
 * @param options.lesson a lesson's Markdown, to be served at `LESSON_PATH`
 * @throws Error that names the port if it is taken
 */
export async function serveSite(options: { port: number; lesson?: string }): Promise<ServedSite> {
  const { port, lesson } = options;
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`${port} is not a port (1-65535)`);
  try {
    const server = await preview({
      root: join(ROOT, "web"),
      configFile: join(ROOT, "vite.config.ts"),
      plugins: lesson === undefined ? [serveFrame] : [serveFrame, serveLesson(lesson)],
      build: { outDir: DIST },
      preview: { host: "127.0.0.1", port, strictPort: true, open: false, headers: SITE_HEADERS },
      logLevel: "silent",
    });
    return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
  } catch (cause) {
    const hint = `Port ${port} of 127.0.0.1 is taken by another program. Try: npm start -- --port ${port + 1}`;
    throw new Error(/in use|EADDRINUSE/i.test(String(cause)) ? hint : String(cause), { cause });
  }
}
