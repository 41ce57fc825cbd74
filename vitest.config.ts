import { defineConfig } from "vitest/config";

/**
 * Two projects: `unit` needs nothing but Node (and a C compiler for the agent's tests); `guest` runs the real machine
 * in Node from the built guest, whose folder is in DRYDOCK_GUEST (scripts/commands/test.ts sets it).
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{contract,web,worker,images,scripts}/**/*.test.ts"],
          exclude: ["**/*.guest.test.ts", "**/node_modules/**"],
          environment: "node",
          // Real programs, ptys and a browser run in some of these: on a busy machine they take their time.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "guest",
          include: ["{worker,images,scripts}/**/*.guest.test.ts"],
          environment: "node",
          // A machine is 0.6 GB and a whole processor.
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
