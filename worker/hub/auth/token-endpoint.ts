/**
 * `auth.docker.io/token`: GET with Basic credentials or none (distribution "Token Authentication Specification"), and
 * POST with a form (its "OAuth2 Token Authentication"), which BuildKit and containerd try first. Failures have the
 * `details` field that Docker's clients print.
 */
import type { Accounts } from "./accounts";
import { fromBase64 } from "./base64";
import { readAll } from "../../bytes";
import { mediaTypeOf } from "../../http/headers";
import type { HttpRequest } from "../../http/server/handler";
import { jsonResponse } from "../responses";
import { parseScopes, type Scope } from "./scopes";
import type { Claims, TokenSigner } from "./token";

/** Hub's own lifetime. */
const ACCESS_SECONDS = 300;
const REFRESH_SECONDS = 30 * 24 * 3600;
const MAX_FORM_BYTES = 64 * 1024;

export interface TokenEndpoint {
  readonly service: string;
  readonly accounts: Accounts;
  readonly signer: TokenSigner;
  /** What of `scopes` the account may do; undefined is an anonymous client. */
  readonly grant: (account: string | undefined, scopes: readonly Scope[]) => Promise<Claims["access"]>;
}

export async function answerTokenRequest(
  endpoint: TokenEndpoint,
  request: HttpRequest,
  url: URL,
): Promise<Response> {
  if (request.method === "GET") return answerGet(endpoint, request, url.searchParams);
  if (request.method === "POST") return answerPost(endpoint, request);
  return failure(405, "method not allowed", { allow: "GET, POST" });
}

async function answerGet(
  endpoint: TokenEndpoint,
  request: HttpRequest,
  query: URLSearchParams,
): Promise<Response> {
  const scopes = parseScopes(query.getAll("scope"));
  if (scopes === undefined) return failure(400, "invalid scope");
  if (!isOurs(endpoint, query.get("service"))) return failure(400, "unknown service");
  const header = request.headers.get("authorization");
  if (header === null) return accessToken(endpoint, undefined, scopes);
  const credentials = parseBasic(header);
  if (credentials === undefined) return failure(401, "malformed credentials");
  const login = await endpoint.accounts.logIn(credentials.name, credentials.password);
  return login.kind === "refused" ? failure(401, login.reason) : accessToken(endpoint, login.account, scopes);
}

async function answerPost(endpoint: TokenEndpoint, request: HttpRequest): Promise<Response> {
  const type = mediaTypeOf(request.headers.get("content-type"));
  if (type !== "application/x-www-form-urlencoded") return failure(400, "expected a form");
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readAll(request.body, MAX_FORM_BYTES);
  } catch {
    // The client's side failed, not ours.
    return failure(400, "the form broke off");
  }
  if (bytes === undefined) return failure(413, "the form is too large");
  const form = new URLSearchParams(new TextDecoder().decode(bytes));
  const scopes = parseScopes(form.getAll("scope"));
  if (scopes === undefined) return failure(400, "invalid scope");
  if (!isOurs(endpoint, form.get("service"))) return failure(400, "unknown service");
  if (form.get("grant_type") === "refresh_token") {
    const token = form.get("refresh_token") ?? "";
    const claims = await endpoint.signer.verify(token, endpoint.service, "refresh");
    return claims === undefined
      ? failure(401, "invalid refresh token")
      : accessToken(endpoint, claims.sub, scopes);
  }
  if (form.get("grant_type") !== "password") return failure(400, "unsupported grant type");
  const login = await endpoint.accounts.logIn(form.get("username") ?? "", form.get("password") ?? "");
  if (login.kind === "refused") return failure(401, login.reason);
  return accessToken(endpoint, login.account, scopes, form.get("access_type") === "offline");
}

/**
 * There is no `issued_at`: without it a client counts the lifetime from when it got the token, by its own clock, and
 * the guest's clock may be behind ours for a moment after it was restored.
 */
async function accessToken(
  endpoint: TokenEndpoint,
  account: string | undefined,
  scopes: readonly Scope[],
  withRefresh = false,
): Promise<Response> {
  const common = { issuer: "auth.docker.io", audience: endpoint.service, account: account ?? "" };
  const access = await endpoint.grant(account, scopes);
  const token = await endpoint.signer.sign({
    ...common,
    use: "access",
    access,
    lifetimeSeconds: ACCESS_SECONDS,
  });
  const refresh = withRefresh
    ? {
        refresh_token: await endpoint.signer.sign({
          ...common,
          use: "refresh",
          access: [],
          lifetimeSeconds: REFRESH_SECONDS,
        }),
      }
    : {};
  const scope = access.map(({ type, name, actions }) => `${type}:${name}:${actions.join(",")}`).join(" ");
  return jsonResponse({ token, access_token: token, expires_in: ACCESS_SECONDS, scope, ...refresh });
}

/** A client that names no service means the only one that there is. */
function isOurs(endpoint: TokenEndpoint, service: string | null): boolean {
  return service === null || service === "" || service === endpoint.service;
}

/** RFC 7617. */
function parseBasic(header: string): { readonly name: string; readonly password: string } | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(header)?.[1];
  const bytes = encoded === undefined ? undefined : fromBase64(encoded);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

function failure(status: number, details: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify({ details }), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}
