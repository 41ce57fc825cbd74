import { describe, expect, it } from "vitest";
import { fromBase64Url, toBase64Url } from "./base64";
import { TokenSigner } from "./token";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function makeSigner() {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const signer = new TokenSigner(() => clock.now);
  const sign = () =>
    signer.sign({
      issuer: "auth.docker.io",
      audience: "registry.docker.io",
      account: "bob",
      use: "access",
      access: [{ type: "repository", name: "bob/app", actions: ["pull"] }],
      lifetimeSeconds: 300,
    });
  return { clock, signer, sign };
}

describe("tokens", { timeout: 30_000 }, () => {
  it("come back with their claims", async () => {
    const { signer, sign } = makeSigner();
    const claims = await signer.verify(await sign(), "registry.docker.io", "access");
    expect(claims).toMatchObject({ sub: "bob", iss: "auth.docker.io", exp: (claims?.iat ?? 0) + 300 });
    expect(claims?.access).toEqual([{ type: "repository", name: "bob/app", actions: ["pull"] }]);
  });

  it("are three parts of base64url with a JWT header", async () => {
    const [header, ...rest] = (await makeSigner().sign()).split(".");
    expect(rest).toHaveLength(2);
    expect(JSON.parse(decoder.decode(fromBase64Url(header ?? "")))).toEqual({ typ: "JWT", alg: "HS256" });
  });

  it("expire, and are not valid before their time", async () => {
    const { clock, signer, sign } = makeSigner();
    const token = await sign();
    clock.now += 299_999;
    expect(await signer.verify(token, "registry.docker.io", "access")).toBeDefined();
    clock.now += 1;
    expect(await signer.verify(token, "registry.docker.io", "access")).toBeUndefined();
    clock.now -= 301_000;
    expect(await signer.verify(token, "registry.docker.io", "access")).toBeUndefined();
  });

  it("are for one service and one use", async () => {
    const { signer, sign } = makeSigner();
    const token = await sign();
    expect(await signer.verify(token, "registry.example.org", "access")).toBeUndefined();
    expect(await signer.verify(token, "registry.docker.io", "refresh")).toBeUndefined();
  });

  it("of another key are worth nothing", async () => {
    const token = await makeSigner().sign();
    expect(await makeSigner().signer.verify(token, "registry.docker.io", "access")).toBeUndefined();
  });

  it("do not survive a change of any character", async () => {
    const { signer, sign } = makeSigner();
    const token = await sign();
    // The last character holds bits that base64url leaves unused, so it is not among those that must count.
    for (let at = 0; at < token.length - 1; at += 1) {
      const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
      expect(await signer.verify(changed, "registry.docker.io", "access")).toBeUndefined();
    }
  });

  it("cannot be forged by naming another algorithm", async () => {
    const { signer, sign } = makeSigner();
    const [, payload = ""] = (await sign()).split(".");
    const none = toBase64Url(encoder.encode(JSON.stringify({ typ: "JWT", alg: "none" })));
    expect(await signer.verify(`${none}.${payload}.`, "registry.docker.io", "access")).toBeUndefined();
  });

  it.each(["", ".", "..", "a.b.c", "....", "é.é.é", "x".repeat(100_000)])("are not %j", async (token) => {
    const { signer } = makeSigner();
    expect(await signer.verify(token, "registry.docker.io", "access")).toBeUndefined();
  });
});
