/**
 * Bearer tokens: JWT (RFC 7519) signed with HMAC-SHA256, in the form that Docker's token authentication gives them
 * (distribution "Token Authentication Implementation": iss, sub, aud, exp, nbf, iat, jti, access). Clients treat
 * them as opaque. The key lives as long as the registry does.
 */
import { z } from "zod";
import { fromBase64Url, toBase64Url } from "./base64";
import { parseJson } from "../json";

const HEADER = toBase64Url(new TextEncoder().encode(JSON.stringify({ typ: "JWT", alg: "HS256" })));
const MAX_TOKEN_LENGTH = 16 * 1024;

const claimsSchema = z.object({
  iss: z.string(),
  /** The account; "" is an anonymous client. */
  sub: z.string(),
  aud: z.string(),
  /** Seconds since the epoch, as are the next two. */
  exp: z.number(),
  nbf: z.number(),
  iat: z.number(),
  jti: z.string(),
  /** "access" opens the registry, "refresh" only gets new tokens. */
  use: z.enum(["access", "refresh"]),
  access: z.array(z.object({ type: z.string(), name: z.string(), actions: z.array(z.string()) })),
});

export type Claims = z.infer<typeof claimsSchema>;

export interface TokenRequest {
  readonly issuer: string;
  readonly audience: string;
  readonly account: string;
  readonly use: Claims["use"];
  readonly access: Claims["access"];
  readonly lifetimeSeconds: number;
}

export class TokenSigner {
  readonly #key: Promise<CryptoKey>;
  readonly #now: () => number;

  /** `now` is in milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
    this.#key = crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
  }

  async sign(request: TokenRequest): Promise<string> {
    const iat = Math.floor(this.#now() / 1000);
    const claims: Claims = {
      iss: request.issuer,
      sub: request.account,
      aud: request.audience,
      exp: iat + request.lifetimeSeconds,
      nbf: iat,
      iat,
      jti: toBase64Url(crypto.getRandomValues(new Uint8Array(12))),
      use: request.use,
      access: request.access,
    };
    const encoder = new TextEncoder();
    const signed = `${HEADER}.${toBase64Url(encoder.encode(JSON.stringify(claims)))}`;
    const signature = await crypto.subtle.sign("HMAC", await this.#key, encoder.encode(signed));
    return `${signed}.${toBase64Url(new Uint8Array(signature))}`;
  }

  /** The claims of a token that we signed for `audience` and that is of that use and not expired; else undefined. */
  async verify(token: string, audience: string, use: Claims["use"]): Promise<Claims | undefined> {
    const [header, payload, signature, ...rest] = token.slice(0, MAX_TOKEN_LENGTH).split(".");
    if (header !== HEADER || payload === undefined || signature === undefined || rest.length > 0)
      return undefined;
    const mac = fromBase64Url(signature);
    const bytes = fromBase64Url(payload);
    if (mac === undefined || bytes === undefined) return undefined;
    const signed = new TextEncoder().encode(`${header}.${payload}`);
    if (!(await crypto.subtle.verify("HMAC", await this.#key, mac, signed))) return undefined;
    const parsed = claimsSchema.safeParse(parseJson(new TextDecoder().decode(bytes)));
    if (!parsed.success) return undefined;
    const claims = parsed.data;
    const now = this.#now() / 1000;
    const isValid = claims.aud === audience && claims.use === use && claims.nbf <= now && now < claims.exp;
    return isValid ? claims : undefined;
  }
}
