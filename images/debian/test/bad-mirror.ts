/**
 * A mirror with faults, on the loopback, in front of a real one or of a folder:
 *
 *     npx tsx images/debian/test/bad-mirror.ts --fault 'missing nginx_.*(dsc|debian.tar.xz)$' --fault 'stale trixie-updates/'
 *     DEBIAN_MIRROR=http://127.0.0.1:PORT/debian npm start
 *
 * What it is in front of is the mirror of this machine's apt, or the one in DEBIAN_MIRROR.
 */
import { readFile } from "node:fs/promises";
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { findDebianMirrors } from "../apt-sources";
import { parseCodename, readMachineSources } from "../private-apt";

const FAULTS = ["missing", "stale", "short", "wrong", "busy", "slow", "silent"] as const;

/**
 * What becomes of a request:
 * - `missing`: 404
 * - `stale`: not under its digest, and under its name with more bytes than the Release says
 * - `short`: the connection ends in the middle of the body, the first time
 * - `wrong`: bytes of the right number that are others, the first time
 * - `busy`: 503 twice
 * - `slow`: 50 kB a second
 * - `silent`: no answer at all
 */
type FaultKind = (typeof FAULTS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Which paths, such as `/debian/pool/main/n/nginx/…`. */
  readonly paths: RegExp;
}

/** Where the bytes really are. */
export type Upstream = (path: string) => Promise<Buffer | undefined>;

const SLOW_BYTES_A_SECOND = 50_000;
const BUSY_TIMES = 2;

export class BadMirror {
  /** Paths that were asked for, in order. */
  readonly requests: string[] = [];
  faults: readonly Fault[];
  readonly #upstream: Upstream;
  readonly #server: Server;
  readonly #times = new Map<string, number>();

  constructor(upstream: Upstream, faults: readonly Fault[] = []) {
    this.#upstream = upstream;
    this.faults = faults;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** @returns the address of the archive, for DEBIAN_MIRROR */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/debian`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(request.url ?? "/");
    this.requests.push(path);
    const time = (this.#times.get(path) ?? 0) + 1;
    this.#times.set(path, time);
    const kind = this.faults.find(({ paths }) => paths.test(path))?.kind;
    if (kind === "silent") return;
    const notThere = kind === "missing" || (kind === "stale" && path.includes("/by-hash/"));
    if (kind === "busy" && time <= BUSY_TIMES) {
      end(response, 503);
      return;
    }
    const body = notThere ? undefined : await this.#upstream(path);
    if (body === undefined) {
      end(response, 404);
      return;
    }
    switch (kind) {
      case "stale": {
        end(response, 200, path.includes("Release") ? body : Buffer.concat([body, body.subarray(0, 64)]));
        return;
      }
      case "short":
        if (time > 1) {
          end(response, 200, body);
          return;
        }
        response.writeHead(200, { "content-length": body.length });
        response.write(body.subarray(0, body.length / 2), () => response.destroy());
        return;
      case "wrong": {
        end(response, 200, time > 1 ? body : Buffer.from(body.map((byte) => byte ^ 0x55)));
        return;
      }
      case "slow":
        return sendSlowly(response, body);
      default: {
        end(response, 200, body);
        return;
      }
    }
  }
}

function end(response: ServerResponse, status: number, body: Uint8Array = Buffer.alloc(0)): void {
  response.writeHead(status, { "content-length": body.length }).end(body);
}

async function sendSlowly(response: ServerResponse, body: Buffer): Promise<void> {
  response.writeHead(200, { "content-length": body.length });
  const step = SLOW_BYTES_A_SECOND / 10;
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    response.write(body.subarray(at, at + step));
    await sleep(100);
  }
  response.end();
}

/** Folders as an upstream: `/debian/pool/x` is `<folder>/debian/pool/x`. */
export function folderUpstream(folder: string): Upstream {
  return (path) => readFile(join(folder, path)).catch(() => undefined);
}

/** The mirror of this machine's apt, with its security archive beside it. */
export async function machineUpstream(env: NodeJS.ProcessEnv = process.env): Promise<Upstream> {
  const codename = parseCodename(await readFile("/etc/os-release", "utf8"));
  const [mirror] = findDebianMirrors(await readMachineSources(), codename, env["DEBIAN_MIRROR"]);
  if (mirror === undefined) throw new Error("apt's sources on this machine name no Debian mirror");
  return (path) => {
    const [, area = "", rest = ""] = /^\/(debian|debian-security)\/(.*)$/.exec(path) ?? [];
    if (area === "") return Promise.resolve(undefined);
    return download(`${area === "debian" ? mirror.archive : mirror.security}/${rest.replaceAll("+", "%2b")}`);
  };
}

function download(uri: string): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    get(uri, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => resolve(answer.statusCode === 200 ? Buffer.concat(parts) : undefined));
    }).on("error", reject);
  });
}

/** `missing nginx_.*dsc$`: a kind, a space, and a regular expression for paths. @throws Error */
export function parseFault(text: string): Fault {
  const [, kind = "", paths = ""] = /^(\S+) (.+)$/.exec(text) ?? [];
  const known = FAULTS.find((each) => each === kind);
  if (known === undefined) throw new Error(`not a fault: "${text}"; kinds are ${FAULTS.join(", ")}`);
  return { kind: known, paths: new RegExp(paths) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { values } = parseArgs({
    options: {
      fault: { type: "string", multiple: true, default: [] },
      port: { type: "string", default: "0" },
    },
  });
  const mirror = new BadMirror(await machineUpstream(), values.fault.map(parseFault));
  console.log(await mirror.listen(Number(values.port)));
}
