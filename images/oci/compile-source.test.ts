import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeCompiler } from "./compile-source";
import { LIBRARIES } from "./take-files";

const execute = promisify(execFile);

let root: string;
let environment: Record<string, string>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "drydock-compile-"));
  for (const folder of ["host", "tree/usr/include/i386-linux-gnu", `tree/${LIBRARIES}`])
    await mkdir(join(root, folder), { recursive: true });
  // This machine's own compiler will do: what is tested is what it is asked for.
  await symlink("/usr/bin/gcc", join(root, "host/i686-linux-gnu-gcc"));
  await writeFile(join(root, "tree/usr/include/stdio.h"), 'const char *whose = "the tree\'s";\n');
  environment = { PATH: `${join(root, "host")}:${process.env["PATH"] ?? ""}` };
  await writeCompiler(join(root, "tree"), join(root, "bin"), async (command, args) => {
    return (await execute(command, args, { env: environment })).stdout;
  });
});
afterAll(() => rm(root, { recursive: true }));

async function compile(source: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const path = join(root, "source.c");
  await writeFile(path, source);
  const { stderr } = await execute(join(root, "bin/gcc"), [path, ...args], {
    env: { ...environment, ...env },
  });
  return stderr;
}

it("takes headers from the tree, and the compiler's own", async () => {
  const object = join(root, "source.o");
  await compile("#include <stdio.h>\n#include <stddef.h>\nsize_t size;\n", ["-c", "-o", object]);
  expect(await readFile(object, "latin1")).toContain("the tree's");
});

it("does not see this machine's headers", async () => {
  await expect(compile("#include <sys/types.h>\n", ["-c", "-o", "/dev/null"])).rejects.toThrow(
    /sys\/types\.h: No such file/,
  );
});

it("links with the tree's libraries first, and for the image unless a program is to run here", async () => {
  const libraries = join(root, "tree", LIBRARIES);
  const [first] = /-L[^ "']+/.exec(await compile("", ["-###"])) ?? [];
  expect(first).toBe(`-L${libraries}`);
  const here = `--dynamic-linker=${libraries}/ld-linux.so.2`;
  expect(await compile("", ["-###"])).not.toContain(here);
  expect(await compile("", ["-###"], { RUN_HERE: "yes" })).toContain(here);
});
