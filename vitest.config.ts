import { join } from "node:path";
import { defineConfig } from "vitest/config";

const tags = [{ name: "brief", description: "part of npm test" }];

/** A project whose files have a machine each, out of the built guest. */
const machine = {
  environment: "node",
  // A machine is 0.6 GB and a whole processor.
  maxWorkers: 2,
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

/** The same for what has a command of its own: it builds the guest, and a file that hangs does not hang the rest. */
function defineSuite(name: string, files: string, groupOrder: number) {
  return {
    test: {
      ...machine,
      name,
      include: [files],
      globalSetup: "scripts/test/guest-setup.ts",
      setupFiles: "scripts/test/watchdog.ts",
      tags,
      sequence: { groupOrder },
    },
  };
}

/**
 * `unit` needs nothing but Node (and a C compiler for the agent's tests); `guest` runs the real machine in Node from the
 * built guest, whose folder is in DRYDOCK_GUEST (scripts/commands/test.ts sets it). `accept`, `accept-page` and `lessons`
 * are `npm run accept` and `npm run lessons:verify`; `registry-clients` is real clients against the hub. One project runs after another, so that machines do not crowd a small
 * computer.
 */
export default defineConfig({
  test: {
    tags,
    projects: [
      {
        resolve: {
          alias: {
            "virtual:drydock-contents": join(
              import.meta.dirname,
              "web/course/lessons/testing/contents-url.ts",
            ),
          },
        },
        test: {
          name: "unit",
          include: ["{contract,web,worker,images,scripts}/**/*.test.ts"],
          exclude: ["**/*.{guest,accept,lessons,clients}.test.ts", "**/node_modules/**"],
          environment: "node",
          // Style sheets are read where a test looks at them as text, and are nothing elsewhere.
          css: { include: /\.css\?raw$/u },
          // Real programs, ptys and a browser run in some of these: on a busy machine they take their time.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          ...machine,
          name: "guest",
          include: ["{worker,images,scripts}/**/*.guest.test.ts"],
          sequence: { groupOrder: 1 },
        },
      },
      defineSuite("accept", "scripts/accept/lane-*.accept.test.ts", 2),
      defineSuite("accept-page", "scripts/accept/page.accept.test.ts", 3),
      defineSuite("lessons", "scripts/lessons/*.lessons.test.ts", 4),
      {
        test: {
          name: "registry-clients",
          include: ["scripts/registry-clients/*.clients.test.ts"],
          // Another registry has neither Docker Hub's names nor its certificates.
          exclude: process.env["DRYDOCK_REGISTRY"] === undefined ? [] : ["**/hub-*.test.ts"],
          environment: "node",
          // They may have to install their clients, which takes one at a time.
          maxWorkers: 1,
          testTimeout: 300_000,
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
});
