/** The lessons' files, where the service worker keeps them when they are opened (contract/shell.ts). */
import { fileKey, SHELL_CACHE } from "../../contract/shell";
import type { FileStore } from "../offline/keeper";
import type { OfflineFile } from "../offline/parts";

/** As a static host would send them. */
const TYPES: Readonly<Record<string, string>> = {
  json: "application/json",
  svg: "image/svg+xml",
  png: "image/png",
  webp: "image/webp",
};

/** @param siteUrl absolute, with a slash at the end */
export async function openShellFiles(siteUrl: string): Promise<FileStore> {
  const cache = await caches.open(`${SHELL_CACHE}:${new URL(siteUrl).pathname}`);
  const keyOf = ({ path = "", sha256, bytes }: OfflineFile): string =>
    fileKey(siteUrl, { path, sha256, bytes });
  return {
    names: async () => {
      const keys = await cache.keys();
      return new Set(keys.flatMap(({ url }) => new URL(url).searchParams.get("sha256") ?? []));
    },
    read: async (file) => {
      const response = await cache.match(keyOf(file));
      return response === undefined ? undefined : new Uint8Array(await response.arrayBuffer());
    },
    write: (file, bytes) => {
      const type = TYPES[file.path?.split(".").at(-1) ?? ""] ?? "application/octet-stream";
      const headers = { "content-type": type, "x-content-type-options": "nosniff" };
      return cache.put(keyOf(file), new Response(bytes, { headers }));
    },
    drop: async (file) => {
      await cache.delete(keyOf(file));
    },
  };
}
