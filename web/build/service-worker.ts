/**
 * The service worker's program as one classic script, `sw.js`: not every browser takes modules there. The list of the
 * release's files goes above it when the site is whole (scripts/site/release.ts).
 */
import { join } from "node:path";
import type { Plugin } from "vite";
import { SERVICE_WORKER_FILE } from "../../contract/shell";
import { buildClassicScript } from "./classic-script";

/** @param root the folder of the page's sources */
export function serviceWorker(root: string): Plugin {
  return {
    name: "drydock:service-worker",
    apply: "build",
    async generateBundle() {
      const folder = join(root, "service-worker");
      const source = await buildClassicScript(folder, { name: "drydockServiceWorker", minify: true });
      this.emitFile({ type: "asset", fileName: SERVICE_WORKER_FILE, source });
    },
  };
}
