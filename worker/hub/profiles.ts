/** The two registries of the app: Docker Hub, and a company's own. */
import { Accounts } from "./auth/accounts";
import type { Face } from "./access";
import { HubFace } from "./hub-face";
import { createRegistry, type Registry, type RegistryOptions } from "./registry";
import { search } from "./routes/search";
import { withRoom } from "./storage/storage-room";
import { TokenSigner } from "./auth/token";

export type ProfileOptions = Omit<RegistryOptions, "id" | "sharesBlobs">;

/** Hub in the app's network: tokens come from `auth.docker.io`, by the scheme that the client came with. */
export function dockerHubRealm(url: URL): string {
  return `${url.protocol}//auth.docker.io/token`;
}

/** Hub at any address: tokens come from where the registry is. */
export function sameOriginRealm(url: URL): string {
  return `${url.origin}/token`;
}

/**
 * Docker Hub: the registry (`/v2/`), the token service (`/token`) and the search (`/v1/search`), to be served under
 * all of registry-1.docker.io, auth.docker.io and index.docker.io. Its mirror over plain HTTP is the same thing.
 */
export function createDockerHub(
  options: ProfileOptions & { readonly realm?: (url: URL) => string },
): Registry {
  const { storage, catalogue, now, realm = dockerHubRealm } = options;
  const reserved = new Set([
    "library",
    ...catalogue.repositories.map(({ name }) => name.split("/", 1)[0] ?? ""),
  ]);
  const accounts = new Accounts("hub", withRoom(storage), now, (name) => reserved.has(name));
  const signer = new TokenSigner(now);
  return createRegistry(
    { ...options, id: "hub", sharesBlobs: false },
    (index) => new HubFace({ index, catalogue, accounts, signer, realm }),
  );
}

/** A private registry that is open to everybody in its network. The catalogue's images are in it too. */
export function createPrivateRegistry(options: ProfileOptions): Registry {
  const { catalogue } = options;
  return createRegistry({ ...options, id: "private", sharesBlobs: true }, (index): Face => ({
    authorise: () => Promise.resolve(),
    answer: (request, url) => search({ catalogue, index, hidesLibrary: false }, request, url),
  }));
}
