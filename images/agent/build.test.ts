import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { agentInputs, buildAgent } from "./build";

it("makes the same static, stripped i386 program each time, well under 1 MB", async () => {
  const folder = await mkdtemp(join(tmpdir(), "drydock-agent-build-"));
  const lines: string[] = [];
  const elf = await readFile(await buildAgent(join(folder, "one"), (line) => lines.push(line)));
  expect(elf.subarray(0, 5).toString("latin1")).toBe("\x7fELF\x01");
  expect(elf.readUInt16LE(18)).toBe(3); // EM_386
  expect(elf.length).toBeLessThan(900_000);
  const segments = Array.from({ length: elf.readUInt16LE(44) }, (_, i) =>
    elf.readUInt32LE(elf.readUInt32LE(28) + i * elf.readUInt16LE(42)),
  );
  expect(segments).toContain(1); // PT_LOAD
  expect(segments).not.toContain(3); // PT_INTERP: it needs no loader
  expect(elf.includes(".symtab")).toBe(false);
  expect(lines[0]).toContain("i686-linux-gnu-gcc");
  const again = await readFile(await buildAgent(join(folder, "two")));
  expect(again.equals(elf)).toBe(true);
  await rm(folder, { recursive: true });
}, 120_000);

it("lists every source", () => {
  const names = agentInputs().map((path) => basename(path));
  expect(names).toContain("main.c");
  expect(names).toContain("agent.h");
  expect(names).toContain("build.ts");
});
