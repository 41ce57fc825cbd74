/**
 * `npm run registry -- --port N`: the hub's own code as an HTTP server, for any real client.
 *
 *     --port N                the port; 0 takes a free one (default 5000)
 *     --host ADDRESS          where to listen (default 127.0.0.1)
 *     --profile private|hub   an open registry, or Docker Hub with its tokens and search (default private)
 *     --data DIR              keep what is pushed there (default: in memory)
 *     --catalogue DIR|none    images that are in the registry from the start: an OCI layout, a guest's folder, or no
 *                             image (default: those of the app, which are built if they are stale)
 *     --quota BYTES           room for what is pushed
 *     --tls-key FILE --tls-cert FILE   speak HTTPS with this key and certificate (PEM)
 *     --verbose               a line for every request
 *
 * Exit status: 0 after SIGINT or SIGTERM, 1 when it cannot listen, read its folders or have DIR for itself, 2 for wrong
 * flags.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { hasCode, messageOf } from "../../contract/errors";
import type { HttpHandler } from "../../worker/http/server/handler";
import type { Catalogue } from "../../worker/hub/catalogue/catalogue";
import { errorResponse, RegistryError } from "../../worker/hub/errors";
import { type FileStorage, openFileStorage } from "../../worker/hub/node/file-store";
import { serve } from "../../worker/hub/node/serve";
import { createMemoryStorage } from "../../worker/hub/storage/memory-store";
import { createDockerHub, createPrivateRegistry, sameOriginRealm } from "../../worker/hub/profiles";
import type { Registry } from "../../worker/hub/registry";
import type { RegistryStorage } from "../../worker/hub/storage/store";
import { readNumber, readPort, runCommand } from "../cli";
import { openCatalogue } from "../registry/open-catalogue";

const USAGE = `usage: npm run registry -- [--port N] [--host ADDRESS] [--profile private|hub] [--data DIR]
                            [--catalogue DIR|none] [--quota BYTES] [--tls-key FILE --tls-cert FILE] [--verbose]`;

/** The answer until the folder has been read. */
const STARTING = new RegistryError("UNAVAILABLE", {
  message: "the registry is starting",
  headers: { "retry-after": "1" },
});

interface Flags {
  readonly port: number;
  readonly host: string;
  readonly profile: "private" | "hub";
  readonly data: string | undefined;
  readonly catalogue: string | undefined;
  readonly quota: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly verbose: boolean;
}

/** @throws Error whose message says which flag is wrong */
function readFlags(args: string[]): Flags {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "5000" },
      host: { type: "string", default: "127.0.0.1" },
      profile: { type: "string", default: "private" },
      data: { type: "string" },
      catalogue: { type: "string" },
      quota: { type: "string" },
      "tls-key": { type: "string" },
      "tls-cert": { type: "string" },
      verbose: { type: "boolean", default: false },
    },
  });
  const { profile, host, data, catalogue, verbose } = values;
  if (profile !== "private" && profile !== "hub") throw new Error(`no such profile: ${profile}`);
  if (host === "") throw new Error("--host needs an address");
  const port = readPort(values.port);
  const quota =
    values.quota === undefined ? Infinity : readNumber("--quota", values.quota, 0, Number.MAX_SAFE_INTEGER);
  const { "tls-key": key, "tls-cert": cert } = values;
  if ((key === undefined) !== (cert === undefined)) throw new Error("--tls-key and --tls-cert go together");
  const tls = key === undefined || cert === undefined ? undefined : { key, cert };
  return { port, host, profile, data, catalogue, quota, tls, verbose };
}

/** The folder is opened when the port is ours: a start that fails must not touch what a running server has there. */
async function run(flags: Flags): Promise<undefined> {
  const catalogue = await openCatalogue(flags.catalogue);
  const tls = flags.tls === undefined ? undefined : await readTls(flags.tls);
  let handle: HttpHandler = () => Promise.resolve(errorResponse(STARTING));
  const server = await serve((request) => handle(request), {
    host: flags.host,
    port: flags.port,
    tls,
    onError: (error) => console.error(messageOf(error)),
    ...(flags.verbose
      ? { onAnswer: ({ method, url }, status) => console.error(`${status} ${method} ${url}`) }
      : {}),
  }).catch((error: unknown) => {
    throw hasCode(error, "EADDRINUSE") ? new Error(`port ${flags.port} of ${flags.host} is in use`) : error;
  });
  let folder: FileStorage | undefined;
  try {
    if (flags.data !== undefined) folder = await openFileStorage(flags.data, flags.quota);
    const registry = createProfile(flags, folder ?? createMemoryStorage(flags.quota), catalogue);
    await registry.collectGarbage();
    handle = registry.handle;
  } catch (error) {
    await server.close();
    await folder?.close();
    throw error;
  }
  let ending: Promise<void> | undefined;
  const stop = (): void => {
    ending ??= server.close().then(() => folder?.close());
    ending.catch((error: unknown) => {
      console.error(messageOf(error));
      process.exitCode = 1;
    });
  };
  // Not `once`: after Ctrl-C the signal comes from the terminal and from npm, and the second must not cut the end short.
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  console.log(`${flags.profile} registry on ${server.url}`);
}

function createProfile(flags: Flags, storage: RegistryStorage, catalogue: Catalogue): Registry {
  const options = {
    storage,
    catalogue,
    now: () => Date.now(),
    onFailure: (error: Error) => console.error(`${error.message}${causeOf(error)}`),
  };
  return flags.profile === "hub"
    ? createDockerHub({ ...options, realm: sameOriginRealm })
    : createPrivateRegistry(options);
}

/** @throws Error when they cannot be read, or the certificate is not the key's: each handshake would fail */
async function readTls(files: NonNullable<Flags["tls"]>): Promise<{ key: string; cert: string }> {
  const [key, cert] = await Promise.all([readFile(files.key, "utf8"), readFile(files.cert, "utf8")]);
  let fits: boolean;
  try {
    fits = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch (error) {
    throw new Error(`${files.key} and ${files.cert} are no key and certificate: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (!fits) throw new Error(`${files.cert} is not the certificate of ${files.key}`);
  return { key, cert };
}

function causeOf(error: Error): string {
  return error.cause === undefined ? "" : `: ${messageOf(error.cause)}`;
}

await runCommand({ usage: USAGE, readFlags, run });
