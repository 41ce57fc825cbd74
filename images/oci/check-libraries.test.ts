import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createToolRunner } from "../pipeline/run-tool";
import { libraryNames, parseNeeded, refuseMissingLibraries } from "./check-libraries";
import type { LayerEntry } from "./layer";

const { run } = createToolRunner(join(tmpdir(), `drydock-elf-${process.pid}.log`));
// A real program with shared libraries.
const program: LayerEntry = { kind: "file", path: "bin/node", content: await readFile(process.execPath) };
const text: LayerEntry = { kind: "file", path: "etc/text", content: Buffer.from("no program") };

describe("refuseMissingLibraries", () => {
  it("names the program and what it lacks", async () => {
    await expect(refuseMissingLibraries([text, program], new Set(["libm.so.6"]), run)).rejects.toThrow(
      /the image does not have: bin\/node needs .*libc\.so\.6/,
    );
  });

  it("is content when everything is there", async () => {
    const needed = parseNeeded(await run("readelf", ["--dynamic", "--wide", process.execPath]));
    expect(needed).toContain("libc.so.6");
    await expect(refuseMissingLibraries([text, program], new Set(needed), run)).resolves.toBeUndefined();
  });
});

it("finds libraries among files and links", () => {
  const entries: LayerEntry[] = [
    { kind: "link", path: "usr/lib/liba.so.1", target: "liba.so.1.2" },
    { kind: "file", path: "usr/lib/liba.so.1.2", content: Buffer.alloc(0) },
    { kind: "file", path: "usr/share/notes.society", content: Buffer.alloc(0) },
    { kind: "folder", path: "usr/lib/x.so" },
  ];
  expect(libraryNames(entries)).toEqual(["liba.so.1", "liba.so.1.2"]);
});
