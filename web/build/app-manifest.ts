/**
 * What makes the page installable: a web app manifest in each language, icons (web/app/mark.svg in the sizes that shops
 * ask for), and screenshots. They lie beside `index.html` under fixed names: an installed app asks for them for years.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";

const FOLDER = "install";

/** The page's (web/i18n/language.ts). */
type Language = "zh-CN" | "en";

interface Words {
  readonly name: string;
  readonly description: string;
  readonly course: string;
  readonly offline: string;
  readonly screenshots: readonly [wide: string, narrow: string];
}

const WORDS: Readonly<Record<Language, Words>> = {
  "zh-CN": {
    name: "Drydock · 浏览器里的 Docker 练习场",
    description:
      "浏览器里的 Docker 练习场：一台真正的 Linux 虚拟机，里面是真正的 Docker。不用安装，不用注册。",
    course: "打开教程",
    offline: "离线使用",
    screenshots: ["教程和终端并排", "手机上的终端"],
  },
  en: {
    name: "Drydock · a Docker playground in your browser",
    description: "A Docker playground in your browser: a real Linux machine with a real Docker inside.",
    course: "Open the course",
    offline: "Offline use",
    screenshots: ["The course beside the terminal", "The terminal on a phone"],
  },
};

/** The manifest's name beside `index.html`. */
export function appManifestFile(language: Language): string {
  return `app.${language}.webmanifest`;
}

/** The manifest as it is written, without the screenshots that are not there. */
export function appManifest(language: Language, files: readonly string[]): object {
  const { name, description, course, offline, screenshots } = WORDS[language];
  const picture = (file: string): string => `${FOLDER}/${file}`;
  const screens = [
    { file: `wide.${language}.jpg`, sizes: "1280x800", form_factor: "wide", label: screenshots[0] },
    { file: `narrow.${language}.jpg`, sizes: "720x1280", form_factor: "narrow", label: screenshots[1] },
  ].filter(({ file }) => files.includes(file));
  return {
    lang: language,
    name,
    short_name: "Drydock",
    description,
    start_url: "./",
    scope: "./",
    display: "standalone",
    background_color: "#eef2f3",
    theme_color: "#0a6c78",
    categories: ["education", "developer"],
    icons: [
      { src: picture("icon.svg"), sizes: "any", type: "image/svg+xml" },
      { src: picture("icon-192.png"), sizes: "192x192", type: "image/png" },
      { src: picture("icon-512.png"), sizes: "512x512", type: "image/png" },
      { src: picture("maskable-512.png"), sizes: "512x512", type: "image/png", purpose: "maskable" },
    ],
    screenshots: screens.map(({ file, ...rest }) => ({ src: picture(file), type: "image/jpeg", ...rest })),
    shortcuts: [
      { name: course, url: "./?open=course", icons: [{ src: picture("icon-192.png"), sizes: "192x192" }] },
      { name: offline, url: "./?open=offline", icons: [{ src: picture("icon-192.png"), sizes: "192x192" }] },
    ],
  };
}

/** @param root the folder of the page's sources */
export function appManifests(root: string): Plugin {
  const folder = join(root, FOLDER);
  return {
    name: "drydock:app-manifests",
    apply: "build",
    async generateBundle() {
      const files = await readdir(folder);
      for (const file of files) {
        this.emitFile({
          type: "asset",
          fileName: `${FOLDER}/${file}`,
          source: await readFile(join(folder, file)),
        });
      }
      const mark = await readFile(join(root, "app/mark.svg"));
      this.emitFile({ type: "asset", fileName: `${FOLDER}/icon.svg`, source: mark });
      for (const language of ["zh-CN", "en"] as const) {
        const source = JSON.stringify(appManifest(language, files));
        this.emitFile({ type: "asset", fileName: appManifestFile(language), source });
      }
    },
    transformIndexHtml: () => [
      link({ rel: "manifest", href: `./${appManifestFile("zh-CN")}` }),
      link({ rel: "apple-touch-icon", href: `./${FOLDER}/touch-180.png` }),
    ],
  };
}

function link(attrs: Record<string, string>): {
  tag: string;
  attrs: Record<string, string>;
  injectTo: "head";
} {
  return { tag: "link", attrs, injectTo: "head" };
}
