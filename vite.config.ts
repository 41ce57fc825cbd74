/**
 * The build of the page. `base: "./"` makes it work under any path of any static host. The guest's artefacts are not
 * Vite's: the build script copies them to `dist/guest/`, next to `index.html`.
 */
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { appManifests } from "./web/build/app-manifest";
import { classNamer } from "./web/build/class-names";
import { lessons } from "./web/build/lessons";
import { previewFrame } from "./web/build/preview-frame";
import { serviceWorker } from "./web/build/service-worker";
import { themeColour } from "./web/build/theme-colour";

const WEB = resolve(import.meta.dirname, "web");

/**
 * The development server injects inline scripts for hot reload, which the page's policy forbids. The policy is dropped
 * there and only there; the build keeps it as it stands in `index.html`.
 */
function dropPolicyInDevelopment(): Plugin {
  return {
    name: "drydock:drop-policy-in-development",
    apply: "serve",
    transformIndexHtml: {
      order: "pre",
      handler: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/u, ""),
    },
  };
}

export default defineConfig({
  root: "web",
  base: "./",
  publicDir: false,
  plugins: [
    react(),
    dropPolicyInDevelopment(),
    lessons(WEB),
    previewFrame(WEB),
    themeColour(WEB),
    serviceWorker(WEB),
    appManifests(WEB),
  ],
  worker: { format: "es" },
  css: { modules: { generateScopedName: classNamer(WEB) } },
  server: { host: "127.0.0.1", port: 5173, fs: { allow: [import.meta.dirname] } },
  build: {
    outDir: resolve(import.meta.dirname, "dist"),
    emptyOutDir: true,
    target: "es2022",
    // Inlined assets would need `data:` in more of the policy's lists than images.
    assetsInlineLimit: 0,
    // One warning for any script near a megabyte: the budget of `npm run size` is the hard limit.
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // What tells zod of the page's policy is in zod's own script: every script that makes schemas runs after it.
        codeSplitting: { groups: [{ name: "zod", test: /node_modules\/zod\/|worker\/jitless\.ts/u }] },
        // The course and its lessons in a folder of their own: nobody loads them before the prompt.
        chunkFileNames: ({ moduleIds }) =>
          moduleIds.some((id) => id.includes("/web/course/")) &&
          !moduleIds.some((id) => id.includes("/web/app/"))
            ? "assets/course/[name]-[hash].js"
            : "assets/[name]-[hash].js",
        assetFileNames: ({ originalFileNames }) =>
          originalFileNames.some((name) => name.includes("course/content/"))
            ? "assets/course/[name]-[hash][extname]"
            : "assets/[name]-[hash][extname]",
      },
    },
  },
});
