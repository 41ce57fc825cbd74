/** Unit tests run in Node from the root, beside their sources. `vite.config.ts` (whose root is `web/`) is not used. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{worker,web,images,scripts}/**/*.test.ts"],
    environment: "node",
  },
});
