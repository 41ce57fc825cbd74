import { defineConfig } from "@playwright/test";

/** Another port lets two working copies run their browser tests at once. */
const PORT = Number(process.env["DRYDOCK_E2E_PORT"] ?? 5199);

/** The production build in Debian's Chromium (`npx playwright install` is not needed). */
export default defineConfig({
  testDir: "e2e",
  // `npm run bench` measures in the same browser.
  testMatch: process.env["DRYDOCK_BENCH"] === undefined ? "*.e2e.ts" : "*.bench.ts",
  // Each page is a whole virtual machine: two processors carry one.
  workers: 1,
  forbidOnly: true,
  retries: 0,
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: "list",
  outputDir: "test-results",
  use: {
    baseURL: `http://127.0.0.1:${PORT}/`,
    browserName: "chromium",
    locale: "zh-CN",
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        // As root, as CI is, Chromium starts only without its sandbox.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        // A machine is half a gigabyte; /dev/shm is small in containers.
        "--disable-dev-shm-usage",
        "--enable-precise-memory-info",
      ],
    },
  },
  webServer: {
    command: `node --import tsx scripts/commands/serve-built.ts ${PORT}`,
    url: `http://127.0.0.1:${PORT}/`,
    reuseExistingServer: false,
    timeout: 60_000,
  },
});
