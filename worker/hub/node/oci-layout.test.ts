import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { DESCRIPTION, OFFICIAL, readOciLayout, STARS } from "./oci-layout";
import { makeImage, writeOciLayout } from "../testing/sample-images";
import { SampleRegistry } from "../testing/sample-registry";

const folders: string[] = [];

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "drydock-layout-"));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const image = await makeImage({ layers: [{ "/a": "b" }, { "/c": "d" }] });

describe("a catalogue from an OCI layout", () => {
  it("has its images, tags and descriptions", async () => {
    const folder = await makeFolder();
    const names = { "library/web:1.0": image, "library/web:latest": image };
    const notes = { [DESCRIPTION]: "A web server", [STARS]: "12", [OFFICIAL]: "true" };
    await writeOciLayout(folder, names, { "library/web:1.0": notes });
    const catalogue = await readOciLayout(folder);
    expect(catalogue.repositories).toEqual([
      { name: "library/web", description: "A web server", stars: 12, official: true },
    ]);
    const sample = new SampleRegistry("private", { catalogue });
    expect((await sample.call("GET", "/v2/library/web/manifests/1.0")).bytes).toEqual(image.manifest);
    for (const [digest, bytes] of image.blobs) {
      expect((await sample.call("GET", `/v2/library/web/blobs/${digest}`)).bytes).toEqual(bytes);
      const part = await sample.call("GET", `/v2/library/web/blobs/${digest}`, {
        headers: { range: "bytes=1-3" },
      });
      expect(part.bytes).toEqual(bytes.slice(1, 4));
    }
  });

  it.each(["", "{}", '{"manifests":[{}]}', '{"manifests":[{"mediaType":"x","digest":"sha256:0"}]}'])(
    "is not made of the index %j",
    async (index) => {
      const folder = await makeFolder();
      await writeFile(join(folder, "index.json"), index);
      await expect(readOciLayout(folder)).rejects.toThrow();
    },
  );

  it("is not made of a folder without a layout, nor of a name without a tag", async () => {
    const folder = await makeFolder();
    await expect(readOciLayout(join(folder, "none"))).rejects.toThrow("ENOENT");
    await writeOciLayout(folder, { web: image });
    await expect(readOciLayout(folder)).rejects.toThrow("not a repository and tag");
  });
});
