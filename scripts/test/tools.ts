/** Debian packages that only the tests need. */
import type { HostTool } from "../../images/pipeline/host-tools";

export const TEST_TOOLS: HostTool[] = [
  { probe: "gcc", package: "gcc" },
  { probe: "/usr/include/stdio.h", package: "libc6-dev" },
  { probe: "chromium", package: "chromium" },
  { probe: "firefox-esr", package: "firefox-esr" },
  // Chinese text in screenshots and in the tests of wide characters.
  { probe: "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", package: "fonts-noto-cjk" },
];
