import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { appManifest, appManifestFile } from "./app-manifest";

const INSTALL = join(import.meta.dirname, "../install");

interface Named {
  readonly src: string;
}

it.each(["zh-CN", "en"] as const)(
  "in %s names pictures that are there, and stays under its own path",
  async (language) => {
    const files = await readdir(INSTALL);
    const manifest = appManifest(language, files) as Record<string, unknown>;
    const pictures = [...(manifest["icons"] as Named[]), ...(manifest["screenshots"] as Named[])];
    const made = new Set([...files, "icon.svg"].map((file) => `install/${file}`));
    expect(pictures.map(({ src }) => src).filter((src) => !made.has(src))).toEqual([]);
    expect(manifest).toMatchObject({ lang: language, start_url: "./", scope: "./", display: "standalone" });
    for (const { url } of manifest["shortcuts"] as { url: string }[]) expect(url).toMatch(/^\.\//u);
    expect(appManifestFile(language)).toBe(`app.${language}.webmanifest`);
  },
);

it("leaves out screenshots that were not taken", () => {
  expect(appManifest("en", [])).toMatchObject({ screenshots: [] });
});
