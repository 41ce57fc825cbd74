import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const COMPILER = join(import.meta.dirname, "precompiled/cc.sh");
const run = promisify(execFile);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "drydock-precompiled-"));
  for (const folder of ["bin", "headers", "init", "include", "net"]) await mkdir(join(root, folder));
  // Its own compiler will do: what is tested is what the script asks of it.
  await symlink("/usr/bin/gcc", join(root, "bin/i686-linux-gnu-gcc"));
  await writeFile(join(root, "include/kconfig.h"), "#define HAS_CONFIG 1\n");
  await writeFile(
    join(root, "include/shared.h"),
    [
      "#pragma once",
      "#ifdef LOUD",
      '#define VOICE "loud voice"',
      "#else",
      '#define VOICE "quiet voice"',
      "#endif",
      "static inline int shared(void) { return HAS_CONFIG; }",
      "",
    ].join("\n"),
  );
  await writeFile(join(root, "init/precompile-core.c"), '#include "shared.h"\n');
  await writeFile(join(root, "include/sockets.h"), '#define SOCKETS "sockets"\n');
  await writeFile(join(root, "init/precompile-net.c"), '#include "shared.h"\n#include "sockets.h"\n');
  for (const name of ["core", "net"]) await compile(`init/precompile-${name}`, { precompiled: true });
});
afterAll(() => rm(root, { recursive: true }));

/** @param name a source's path in the tree, without its suffix; @returns the object, as text to look for strings in */
async function compile(name: string, { precompiled }: { precompiled: boolean }): Promise<string> {
  const include = join(root, "include");
  const object = join(root, `${name}.o`);
  const names = [`-DKBUILD_MODNAME="module ${basename(name)}"`, `-D__KBUILD_MODNAME=kmod_x`];
  await run(
    COMPILER,
    ["-I", include, "-include", join(include, "kconfig.h"), "-O2", ...names, "-c", "-o", object].concat(
      `${name}.c`,
    ),
    {
      cwd: root,
      env: {
        PATH: `${join(root, "bin")}:${process.env["PATH"] ?? ""}`,
        DRYDOCK_PRECOMPILED: precompiled ? join(root, "headers") : "",
      },
    },
  );
  return readFile(object, "latin1");
}

async function source(name: string, ...lines: string[]): Promise<string> {
  const path = name.includes("/") ? name : `init/${name}`;
  await writeFile(join(root, `${path}.c`), `${lines.join("\n")}\n`);
  return path;
}

it("puts the precompiled header before a source, which keeps its own names", async () => {
  const name = await source("plain", "const char *name = KBUILD_MODNAME;", "const char *voice = VOICE;");
  const object = await compile(name, { precompiled: true });
  expect(object).toContain("module plain");
  expect(object).toContain("quiet voice");
  await expect(compile(name, { precompiled: false })).rejects.toThrow("VOICE");
});

it("puts the network's header before the network's sources, and no other's", async () => {
  const name = await source("net/dev", "const char *name = SOCKETS;");
  expect(await compile(name, { precompiled: true })).toContain("sockets");
  const other = await source("other", "const char *name = SOCKETS;");
  await expect(compile(other, { precompiled: true })).rejects.toThrow("SOCKETS");
});

it("compiles a source plainly that says how a header is to be read", async () => {
  const name = await source("loud", "#define LOUD", '#include "shared.h"', "const char *voice = VOICE;");
  expect(await compile(name, { precompiled: true })).toContain("loud voice");
});

it("compiles a source plainly whose own names clash with the header's", async () => {
  const name = await source("clash", "int shared(int a, int b) { return a + b + HAS_CONFIG; }");
  expect(await compile(name, { precompiled: true })).not.toBe("");
});

it("says what is wrong with a source as the compiler says it", async () => {
  const name = await source("wrong", "int f(void) { return nowhere; }");
  await expect(compile(name, { precompiled: true })).rejects.toThrow(/wrong\.c:1:.*nowhere/);
});
