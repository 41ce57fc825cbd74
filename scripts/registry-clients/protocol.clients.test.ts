/**
 * What Docker's own registry (distribution) holds its clients to, by bare HTTP: statuses, headers and error codes.
 * Debian's `docker-registry` (2.8.3) passes every one of them, but for those that are called "OCI 1.1".
 */
import { afterAll, describe, expect, it } from "vitest";
import { digestOf } from "../../worker/hub/digest";
import { openRegistry, type Target } from "./open-registry";

interface Wanted {
  readonly status: number;
  readonly code?: string;
}

interface Sent {
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

const MISSING = `sha256:${"0".repeat(64)}`;

const { target, samples, close } = await openRegistry("protocol");
afterAll(close);

interface Answer {
  readonly headers: Headers;
  readonly text: string;
}

/** A client that fetches tokens as Docker does: when it is challenged, for what the challenge names. */
class Session {
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  /** @throws Error unless the answer has that status, and that code in its body */
  async ask(method: string, path: string, wanted: Wanted, sent: Sent = {}): Promise<Answer> {
    const url = new URL(path, this.#target.url);
    let response = await fetch(url, { method, ...sent });
    const challenge = response.headers.get("www-authenticate") ?? "";
    if (response.status === 401 && challenge !== "") {
      const authorization = await this.#authorisation(challenge);
      response = await fetch(url, { method, ...sent, headers: { ...sent.headers, authorization } });
    }
    const text = await response.text();
    const context = `${method} ${url.pathname}`;
    expect(response.status, `${context} (${text.slice(0, 300)})`).toBe(wanted.status);
    if (wanted.code !== undefined && method !== "HEAD") expect(text).toContain(`"${wanted.code}"`);
    return { headers: response.headers, text };
  }

  async #authorisation(challenge: string): Promise<string> {
    const { credentials } = this.#target;
    const basic = credentials && `Basic ${btoa(`${credentials.name}:${credentials.password}`)}`;
    if (/^basic/i.test(challenge)) return basic ?? "";
    const parameter = (key: string): string => new RegExp(`${key}="([^"]*)"`).exec(challenge)?.[1] ?? "";
    const url = new URL(parameter("realm"));
    url.searchParams.set("service", parameter("service"));
    for (const scope of parameter("scope").split(" ")) url.searchParams.append("scope", scope);
    const response = await fetch(url, basic === undefined ? {} : { headers: { authorization: basic } });
    const { token, access_token } = (await response.json()) as { token?: string; access_token?: string };
    return `Bearer ${token ?? access_token ?? ""}`;
  }
}

describe("protocol", () => {
  const name = `${target.namespace}/protocol`;
  const base = `/v2/${name}`;
  const session = new Session(target);
  const ask = session.ask.bind(session);
  const { plain, docker } = samples;
  const bytes = new TextEncoder().encode("0123456789abcdef");

  const startUpload = async (): Promise<string> => {
    const answer = await ask("POST", `${base}/blobs/uploads/`, { status: 202 });
    return answer.headers.get("location") ?? "";
  };
  const withDigest = (location: string, digest: string): string =>
    `${location}${location.includes("?") ? "&" : "?"}digest=${encodeURIComponent(digest)}`;
  const pushBlob = async (blob: Uint8Array<ArrayBuffer>): Promise<string> => {
    const digest = await digestOf(blob);
    await ask("PUT", withDigest(await startUpload(), digest), { status: 201 }, { body: blob });
    return digest;
  };

  it("/v2/ says what it is", async () => {
    const answer = await ask("GET", "/v2/", { status: 200 });
    expect(answer.headers.get("docker-distribution-api-version"), "version header").toBe("registry/2.0");
  });
  it("what is not there has its own code each", async () => {
    await ask("GET", `${base}-none/tags/list`, { status: 404, code: "NAME_UNKNOWN" });
    await ask("GET", `${base}-none/manifests/1.0`, { status: 404, code: "MANIFEST_UNKNOWN" });
    await ask("GET", `${base}/blobs/${MISSING}`, { status: 404, code: "BLOB_UNKNOWN" });
    await ask("GET", `${base}/blobs/uploads/b7a0e6a8-8a83-4a0d-9d1b-000000000000`, { status: 404 });
  });
  it("a blob by POST and PUT, HEAD, GET, range and 416", async () => {
    const digest = await pushBlob(bytes);
    const head = await ask("HEAD", `${base}/blobs/${digest}`, { status: 200 });
    expect(head.headers.get("content-length"), "Content-Length").toBe("16");
    expect(head.headers.get("docker-content-digest"), "digest header").toBe(digest);
    const get = await ask("GET", `${base}/blobs/${digest}`, { status: 200 });
    expect(get.text, "bytes").toBe("0123456789abcdef");
    const headers = { range: "bytes=4-7" };
    const part = await ask("GET", `${base}/blobs/${digest}`, { status: 206 }, { headers });
    expect([part.text, part.headers.get("content-range")], "range").toEqual(["4567", "bytes 4-7/16"]);
    await ask("GET", `${base}/blobs/${digest}`, { status: 416 }, { headers: { range: "bytes=16-" } });
  });
  it("a blob in chunks, with the status between them", async () => {
    const digest = await digestOf(bytes);
    let location = await startUpload();
    for (const [from, to] of [
      [0, 6],
      [6, 16],
    ] as const) {
      const headers = { "content-range": `${from}-${to - 1}`, "content-type": "application/octet-stream" };
      const patch = await ask("PATCH", location, { status: 202 }, { body: bytes.slice(from, to), headers });
      expect(patch.headers.get("range"), "Range").toBe(`0-${to - 1}`);
      location = patch.headers.get("location") ?? "";
      const status = await ask("GET", location, { status: 204 });
      expect(status.headers.get("range"), "Range of the status").toBe(`0-${to - 1}`);
      location = status.headers.get("location") ?? "";
    }
    const put = await ask("PUT", withDigest(location, digest), { status: 201 });
    expect(put.headers.get("docker-content-digest"), "digest header").toBe(digest);
  });
  it("OCI 1.1: a chunk out of order is refused", async () => {
    const location = await startUpload();
    await ask("PATCH", location, { status: 416 }, { body: bytes, headers: { "content-range": "4-19" } });
  });
  it("a wrong digest is refused, and a cancelled upload is gone", async () => {
    await ask(
      "PUT",
      withDigest(await startUpload(), MISSING),
      { status: 400, code: "DIGEST_INVALID" },
      { body: bytes },
    );
    await ask("GET", `${base}/blobs/${MISSING}`, { status: 404, code: "BLOB_UNKNOWN" });
    const location = await startUpload();
    await ask("DELETE", location, { status: 204 });
    await ask("GET", location, { status: 404 });
  });
  it("a mount from another repository", async () => {
    const digest = await pushBlob(bytes);
    const path = `${base}-mounted/blobs/uploads/?mount=${digest}&from=${name}`;
    await ask("POST", path, { status: 201 });
    await ask("HEAD", `${base}-mounted/blobs/${digest}`, { status: 200 });
    await ask("POST", `${base}-mounted/blobs/uploads/?mount=${MISSING}&from=${name}`, { status: 202 });
  });
  it("a manifest without its blobs is refused", async () => {
    const headers = { "content-type": docker.mediaType };
    const answer = await ask(
      "PUT",
      `${base}-empty/manifests/1.0`,
      { status: 400, code: "MANIFEST_BLOB_UNKNOWN" },
      { body: docker.manifest, headers },
    );
    expect(answer.text).toContain(docker.config);
    const nonsense = { body: "{}", headers };
    await ask("PUT", `${base}/manifests/1.0`, { status: 400, code: "MANIFEST_INVALID" }, nonsense);
  });
  it("manifests by tag and digest, as they were pushed", async () => {
    for (const image of [docker, plain]) {
      for (const blob of image.blobs.values()) await pushBlob(blob);
      const headers = { "content-type": image.mediaType };
      const put = await ask(
        "PUT",
        `${base}/manifests/1.0`,
        { status: 201 },
        { body: image.manifest, headers },
      );
      expect(put.headers.get("docker-content-digest"), "digest header").toBe(image.digest);
      for (const reference of ["1.0", image.digest]) {
        const accept = { headers: { accept: image.mediaType } };
        const get = await ask("GET", `${base}/manifests/${reference}`, { status: 200 }, accept);
        expect(get.headers.get("content-type"), "Content-Type").toBe(image.mediaType);
        expect(get.text, "manifest").toBe(new TextDecoder().decode(image.manifest));
        const head = await ask("HEAD", `${base}/manifests/${reference}`, { status: 200 }, accept);
        expect(head.headers.get("content-length"), "Content-Length").toBe(String(image.manifest.length));
      }
    }
    const other = { body: plain.manifest, headers: { "content-type": plain.mediaType } };
    await ask("PUT", `${base}/manifests/${docker.digest}`, { status: 400, code: "DIGEST_INVALID" }, other);
  });
  it("OCI 1.1: tags in pages, sorted", async () => {
    const sent = { body: plain.manifest, headers: { "content-type": plain.mediaType } };
    for (const tag of ["a", "b", "c"]) await ask("PUT", `${base}/manifests/${tag}`, { status: 201 }, sent);
    const first = await ask("GET", `${base}/tags/list?n=2`, { status: 200 });
    expect(JSON.parse(first.text), "first page").toEqual({ name, tags: ["1.0", "a"] });
    const link = first.headers.get("link") ?? "";
    expect(link).toContain('rel="next"');
    const second = await ask("GET", link.slice(link.indexOf("<") + 1, link.indexOf(">")), { status: 200 });
    expect(JSON.parse(second.text), "second page").toEqual({ name, tags: ["b", "c"] });
    await ask("GET", `${base}/tags/list?n=-1`, { status: 400, code: "PAGINATION_NUMBER_INVALID" });
  });
  it("deleting a manifest and a blob", async () => {
    await ask("DELETE", `${base}/manifests/${plain.digest}`, { status: 202 });
    await ask("GET", `${base}/manifests/a`, { status: 404, code: "MANIFEST_UNKNOWN" });
    const digest = await pushBlob(bytes);
    await ask("DELETE", `${base}/blobs/${digest}`, { status: 202 });
    await ask("GET", `${base}/blobs/${digest}`, { status: 404, code: "BLOB_UNKNOWN" });
  });
  it("OCI 1.1: referrers of a digest, as an index", async () => {
    const answer = await ask("GET", `${base}/referrers/${plain.digest}`, { status: 200 });
    expect(answer.headers.get("content-type"), "type").toBe("application/vnd.oci.image.index.v1+json");
    expect((JSON.parse(answer.text) as { manifests: unknown }).manifests, "referrers").toEqual([]);
  });
});
