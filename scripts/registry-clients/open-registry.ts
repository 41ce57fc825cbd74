/**
 * The registry under test. DRYDOCK_REGISTRY names one that runs: `http://NAME:WORD@HOST:PORT/NAMESPACE`, where the
 * repositories' names begin with NAMESPACE (`clients` without it). Otherwise each file has one of ours for itself.
 */
import type { HostTool } from "../../images/pipeline/host-tools";
import { emptyCatalogue } from "../../worker/hub/catalogue/catalogue";
import { serve } from "../../worker/hub/node/serve";
import { createPrivateRegistry } from "../../worker/hub/profiles";
import { createMemoryStorage } from "../../worker/hub/storage/memory-store";
import { join } from "node:path";
import { makeSamples, type Samples } from "./samples";
import { openScratch } from "./scratch";

export interface Target {
  /** `127.0.0.1:5000` */
  readonly host: string;
  readonly url: string;
  /** What every repository's name begins with: `clients`. */
  readonly namespace: string;
  readonly credentials: { readonly name: string; readonly password: string } | undefined;
}

export interface OpenRegistry {
  readonly target: Target;
  readonly samples: Samples;
  readonly scratch: string;
  readonly close: () => Promise<void>;
}

/** @throws Error when DRYDOCK_REGISTRY is no URL, or a program is missing that cannot be installed */
export async function openRegistry(name: string, tools: readonly HostTool[] = []): Promise<OpenRegistry> {
  const given = process.env["DRYDOCK_REGISTRY"];
  const scratch = await openScratch(name, tools);
  const server = given === undefined ? await serveOne() : undefined;
  const close = async (): Promise<void> => {
    await server?.close();
    await scratch.remove();
  };
  const target = parseTarget(given ?? server?.url ?? "");
  const samples = await makeSamples(join(scratch.folder, "samples"));
  return { target, samples, scratch: scratch.folder, close };
}

/** @throws Error when it is no URL with HTTP or HTTPS */
export function parseTarget(text: string): Target {
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw new Error(`DRYDOCK_REGISTRY is no URL: ${text}`);
  const { origin, host, pathname, username, password } = new URL(text);
  return {
    url: origin,
    host,
    namespace: pathname.slice(1) || "clients",
    credentials:
      username === ""
        ? undefined
        : { name: decodeURIComponent(username), password: decodeURIComponent(password) },
  };
}

function serveOne(): ReturnType<typeof serve> {
  const onError = (error: unknown): void => console.error(error);
  const registry = createPrivateRegistry({
    storage: createMemoryStorage(),
    catalogue: emptyCatalogue,
    now: () => Date.now(),
    onFailure: onError,
  });
  return serve(registry.handle, { host: "127.0.0.1", port: 0, onError });
}
