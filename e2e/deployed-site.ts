/**
 * A static host under a path of its own, whose site is deployed, replaced and cut off while browsers have it open. Each
 * deployment is a folder of hard links to the production build.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { FRAME_HEADERS, SITE_HEADERS } from "../scripts/site/headers";
import { publishRelease } from "../scripts/site/release";

const PATH = "/lab/drydock/";
const DIST = join(import.meta.dirname, "../dist");
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

export class DeployedSite {
  readonly #root: string;
  #folder = "";
  #server: Server | undefined;
  #port = 0;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Hosts the production build, as the release `name`. */
  static async open(name: string): Promise<DeployedSite> {
    const site = new DeployedSite(await mkdtemp(join(tmpdir(), "drydock-deployed-")));
    await site.make(name);
    site.deploy(name);
    await site.connect();
    return site;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}${PATH}`;
  }

  /** Makes a release whose page says its name, without the chunks in `lacks`. */
  async make(name: string, lacks: readonly string[] = []): Promise<void> {
    const folder = join(this.#root, name);
    await promisify(execFile)("cp", ["-al", DIST, folder]);
    // Written in their links' place, the build's own files would change.
    const page = await this.#unlink(folder, "index.html");
    await writeFile(
      join(folder, "index.html"),
      page.replace("<head>", `<head><meta name="release" content="${name}">`),
    );
    const manifest = await this.#unlink(folder, "guest/manifest.json");
    await writeFile(join(folder, "guest/manifest.json"), `${manifest}\n${" ".repeat(name.length)}`);
    await writeFile(join(folder, "sw.js"), await this.#unlink(folder, "sw.js"));
    await this.#unlink(folder, "release.json");
    for (const chunk of lacks) await rm(join(folder, "guest/chunks", chunk), { force: true });
    await publishRelease(folder);
  }

  /** What is served from now on. */
  deploy(name: string): void {
    this.#folder = join(this.#root, name);
  }

  /** Nobody answers any more. */
  async cut(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** Answers again, under the same address. */
  async connect(): Promise<void> {
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "", "http://site");
      const path = normalize(pathname.slice(PATH.length)) || "index.html";
      const name = path === "." ? "index.html" : path;
      if (!pathname.startsWith(PATH) || path.startsWith("..")) {
        response.writeHead(404).end();
        return;
      }
      readFile(join(this.#folder, name)).then(
        (bytes) => {
          const headers = name === "preview-frame.html" ? FRAME_HEADERS : SITE_HEADERS;
          const isLasting = /^(?:assets|guest\/chunks)\//u.test(name);
          response.writeHead(200, {
            "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
            "Cache-Control": isLasting ? "public, max-age=31536000, immutable" : "no-cache",
            ...headers,
          });
          response.end(bytes);
        },
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
    this.#server = server;
  }

  async close(): Promise<void> {
    await this.cut();
    await rm(this.#root, { recursive: true });
  }

  async #unlink(folder: string, path: string): Promise<string> {
    const text = await readFile(join(folder, path), "utf8");
    await rm(join(folder, path));
    return text;
  }
}
