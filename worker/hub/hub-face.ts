/**
 * Docker Hub's face: bearer tokens for everything, anyone may pull what exists, and only its owner may push to a
 * namespace. The answers are Hub's, because clients word their errors after them: what a token does not cover is 401
 * with `error="insufficient_scope"`, which Docker and Podman print as "denied: requested access to the resource is
 * denied", whether the repository exists or not.
 */
import type { Access, Action, Face } from "./access";
import { RegistryError } from "./errors";
import type { HttpRequest } from "../http/server/handler";
import { isRepositoryName } from "./names";
import type { RepositoryIndex } from "./storage/repository-index";
import { formatScopes, type Scope } from "./auth/scopes";
import { search } from "./routes/search";
import type { Catalogue } from "./catalogue/catalogue";
import type { Claims, TokenSigner } from "./auth/token";
import { answerTokenRequest, type TokenEndpoint } from "./auth/token-endpoint";
import type { Accounts } from "./auth/accounts";

const HUB_SERVICE = "registry.docker.io";

export interface HubFaceOptions {
  readonly index: RepositoryIndex;
  readonly catalogue: Catalogue;
  readonly accounts: Accounts;
  readonly signer: TokenSigner;
  /** Where the client of this request gets its tokens: an absolute URL that it can reach, ending in `/token`. */
  readonly realm: (url: URL) => string;
}

export class HubFace implements Face {
  readonly #options: HubFaceOptions;
  readonly #endpoint: TokenEndpoint;

  constructor(options: HubFaceOptions) {
    this.#options = options;
    const { accounts, signer } = options;
    this.#endpoint = {
      service: HUB_SERVICE,
      accounts,
      signer,
      grant: (account, scopes) => this.#grant(account, scopes),
    };
  }

  async authorise(request: HttpRequest, url: URL, needs: readonly Access[]): Promise<void> {
    const header = request.headers.get("authorization") ?? "";
    const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
    if (token === undefined) throw this.#challenge(url, needs);
    const claims = await this.#options.signer.verify(token, HUB_SERVICE, "access");
    if (claims === undefined) throw this.#challenge(url, needs, "invalid_token");
    if (!needs.every((need) => covers(claims, need))) throw this.#challenge(url, needs, "insufficient_scope");
  }

  async answer(request: HttpRequest, url: URL): Promise<Response | undefined> {
    if (url.pathname === "/token") return answerTokenRequest(this.#endpoint, request, url);
    return search({ ...this.#options, hidesLibrary: true }, request, url);
  }

  /** RFC 6750 section 3, with the registry's body. */
  #challenge(
    url: URL,
    needs: readonly Access[],
    error?: "invalid_token" | "insufficient_scope",
  ): RegistryError {
    const parameters = [
      `realm="${this.#options.realm(url)}"`,
      `service="${HUB_SERVICE}"`,
      ...(needs.length === 0 ? [] : [`scope="${formatScopes(needs)}"`]),
      ...(error === undefined ? [] : [`error="${error}"`]),
    ];
    const detail = needs.map(({ type, name, action }) => ({
      Type: type,
      Class: "",
      Name: name,
      Action: action,
    }));
    return new RegistryError("UNAUTHORIZED", {
      detail: needs.length === 0 ? null : detail,
      headers: { "www-authenticate": `Bearer ${parameters.join(",")}` },
    });
  }

  async #grant(account: string | undefined, scopes: readonly Scope[]): Promise<Claims["access"]> {
    const granted: Claims["access"] = [];
    for (const scope of scopes) {
      if (scope.type !== "repository" || !isHubName(scope.name)) continue;
      const allowed = await this.#allowed(account, scope.name);
      const actions = scope.actions.filter((action) => allowed.some((each) => each === action));
      if (actions.length > 0) granted.push({ type: scope.type, name: scope.name, actions });
    }
    return granted;
  }

  async #allowed(account: string | undefined, name: string): Promise<readonly Action[]> {
    if (account !== undefined && name.startsWith(`${account}/`)) return ["pull", "push", "delete", "*"];
    const { index } = this.#options;
    // One that is known and not here may be asked for: the answer says why, where a denial would hide it.
    const isKnown = index.missing(name) !== undefined || index.absent(name) !== undefined;
    return isKnown || (await index.exists(name)) ? ["pull"] : [];
  }
}

/** Hub has two levels, a namespace and a repository. */
function isHubName(name: string): boolean {
  return isRepositoryName(name) && name.split("/").length === 2;
}

function covers(claims: Claims, need: Access): boolean {
  return claims.access.some(
    ({ type, name, actions }) =>
      type === need.type && name === need.name && (actions.includes(need.action) || actions.includes("*")),
  );
}
