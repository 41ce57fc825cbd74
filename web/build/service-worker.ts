/**
 * The service worker's program as one classic script, `sw.js`: not every browser takes modules there. The list of the
 * release's files goes above it when the site is whole (scripts/site/release.ts).
 */
import { join } from "node:path";
import { build, type Plugin } from "vite";
import { SERVICE_WORKER_FILE } from "../../contract/shell";

/** @param root the folder of the page's sources */
export function serviceWorker(root: string): Plugin {
  return {
    name: "drydock:service-worker",
    apply: "build",
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: SERVICE_WORKER_FILE, source: await buildProgram(root) });
    },
  };
}

async function buildProgram(root: string): Promise<string> {
  const folder = join(root, "service-worker");
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    build: {
      write: false,
      target: "es2022",
      lib: { entry: join(folder, "main.ts"), formats: ["iife"], name: "drydockServiceWorker" },
    },
  });
  if (!Array.isArray(result) || result[0] === undefined) throw new Error("the service worker was not built");
  return result[0].output[0].code;
}
