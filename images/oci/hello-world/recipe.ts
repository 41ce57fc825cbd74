import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Recipe } from "../recipe";

/** One program without a C library, a few kilobytes, and nothing else. */
export const helloWorld: Recipe = {
  name: "hello-world",
  folder: import.meta.dirname,
  tags: ["latest"],
  description: "Says hello, and what Docker did to let it. Drydock's own program, in the place of Docker's.",
  async build({ work, run }) {
    const program = join(work, "hello");
    const flags = [
      "-Os",
      "-static",
      "-nostdlib",
      "-ffreestanding",
      "-fno-pie",
      "-no-pie",
      "-fno-stack-protector",
    ];
    const trim = [
      "-fno-asynchronous-unwind-tables",
      "-s",
      "-Wl,--build-id=none",
      "-Wl,-z,noexecstack",
      "-Wl,-z,norelro",
    ];
    await run("i686-linux-gnu-gcc", [...flags, ...trim, "-o", program, join(import.meta.dirname, "hello.c")]);
    return {
      entries: [{ kind: "file", path: "hello", mode: 0o755, content: await readFile(program) }],
      config: { Cmd: ["/hello"] },
      step: "COPY hello /",
      packages: {},
    };
  },
};
