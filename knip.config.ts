import type { KnipConfig } from "knip";

/**
 * What nothing uses: files, exports, packages. Knip reads the tests, the commands of package.json, Vite, Vitest, Playwright
 * and ESLint by itself; the entries are what it cannot know of.
 */
const config: KnipConfig = {
  entry: [
    "worker/{main,offline-main}.ts",
    // Programs of their own, built by web/build/.
    "web/preview/frame/main.ts",
    "web/service-worker/main.ts",
    // Run by themselves, by path.
    "scripts/commands/*.ts",
    "scripts/lessons/{lint,dev,coverage}.ts",
    "scripts/check/stale-rules.ts",
    "scripts/registry-clients/serve-hub.ts",
    "scripts/test/*-reporter.ts",
    "worker/lan/node/{bench,fuzz,linux-peer}.ts",
    "**/*.{guest,accept,lessons,clients}.test.ts",
    "e2e/*.{e2e,bench}.ts",
  ],
  ignoreBinaries: ["prlimit", "setpriv", "unshare"],
  // Inputs of the guest's stages: an export more is nothing, a change there builds the guest anew.
  ignoreIssues: {
    "contract/manifest.ts": ["exports"],
    "images/{oci/image,kernel/build}.ts": ["types"],
    "worker/machine/emulator/*.ts": ["types"],
  },
  project: ["{contract,web,worker,images,scripts,e2e}/**/*.{ts,tsx,mjs}"],
};

export default config;
