import { describe, expect, it } from "vitest";
import { digestOf } from "../digest";
import { brokenStream, SampleRegistry } from "../testing/sample-registry";

const encoder = new TextEncoder();
const HELLO = encoder.encode("hello, registry");
const OTHER = `sha256:${"0".repeat(64)}`;

async function stored(sample: SampleRegistry): Promise<readonly string[]> {
  return [...(await sample.storage.blobs.list()), ...(await sample.storage.metadata.keys("blob/"))];
}

describe("monolithic uploads", { timeout: 30_000 }, () => {
  it("takes POST then PUT", async () => {
    const sample = new SampleRegistry();
    const post = await sample.call("POST", "/v2/a/blobs/uploads/");
    expect(post.status).toBe(202);
    expect(post.headers.get("range")).toBe("0-0");
    expect(post.headers.get("location")).toMatch(/^\/v2\/a\/blobs\/uploads\/[0-9a-f-]{36}$/);
    const digest = await digestOf(HELLO);
    const put = await sample.call("PUT", `${post.headers.get("location") ?? ""}?digest=${digest}`, {
      body: HELLO,
    });
    expect(put.status).toBe(201);
    expect(put.headers.get("location")).toBe(`/v2/a/blobs/${digest}`);
    expect(put.headers.get("docker-content-digest")).toBe(digest);
    expect((await sample.call("GET", `/v2/a/blobs/${digest}`)).text).toBe("hello, registry");
  });

  it("takes a single POST, with sha256 and with sha512", async () => {
    const sample = new SampleRegistry();
    for (const algorithm of ["sha256", "sha512"] as const) {
      const digest = await digestOf(HELLO, algorithm);
      const post = await sample.call("POST", `/v2/a/blobs/uploads/?digest=${digest}`, { body: HELLO });
      expect([post.status, post.headers.get("docker-content-digest")]).toEqual([201, digest]);
      expect((await sample.call("GET", `/v2/a/blobs/${digest}`)).text).toBe("hello, registry");
    }
  });

  it("refuses a wrong digest, and keeps nothing", async () => {
    const sample = new SampleRegistry();
    const location = await sample.startUpload("a");
    const put = await sample.call("PUT", `${location}?digest=${OTHER}`, { body: HELLO });
    expect([put.status, put.codes]).toEqual([400, ["DIGEST_INVALID"]]);
    expect((await sample.call("GET", location)).codes).toEqual(["BLOB_UPLOAD_UNKNOWN"]);
    const post = await sample.call("POST", `/v2/a/blobs/uploads/?digest=${OTHER}`, { body: HELLO });
    expect([post.status, post.codes]).toEqual([400, ["DIGEST_INVALID"]]);
    expect(await stored(sample)).toEqual([]);
  });

  it.each(["", "?digest=", "?digest=latest", "?digest=md5:d41d8cd98f00b204e9800998ecf8427e"])(
    "refuses a PUT with %j before it reads the body",
    async (query) => {
      const sample = new SampleRegistry();
      const location = await sample.startUpload("a");
      const put = await sample.call("PUT", location + query, { body: brokenStream([]) });
      expect([put.status, put.codes]).toEqual([400, ["DIGEST_INVALID"]]);
      expect((await sample.call("GET", location)).status).toBe(204);
    },
  );

  it("checks Content-Length in both directions", async () => {
    const digest = await digestOf(HELLO);
    for (const length of [HELLO.length - 1, HELLO.length + 1, 0]) {
      const sample = new SampleRegistry();
      const headers = { "content-length": String(length) };
      const post = await sample.call("POST", `/v2/a/blobs/uploads/?digest=${digest}`, {
        body: HELLO,
        headers,
      });
      expect([post.status, post.codes]).toEqual([400, ["SIZE_INVALID"]]);
      expect(await stored(sample)).toEqual([]);
    }
  });

  it("refuses a blob over the limit, announced or not", async () => {
    const sample = new SampleRegistry("private", { limits: { maxBlobBytes: 10 } });
    const digest = await digestOf(HELLO);
    const announced: Record<string, string> = { "content-length": String(HELLO.length) };
    for (const headers of [{}, announced]) {
      const post = await sample.call("POST", `/v2/a/blobs/uploads/?digest=${digest}`, {
        body: HELLO,
        headers,
      });
      expect([post.status, post.codes]).toEqual([413, ["SIZE_INVALID"]]);
    }
    expect(await stored(sample)).toEqual([]);
    await sample.pushBlob("a", encoder.encode("ten bytes!"));
  });

  it("refuses an algorithm that it does not have", async () => {
    const sample = new SampleRegistry();
    const answer = await sample.call("POST", "/v2/a/blobs/uploads/?digest-algorithm=md5");
    expect([answer.status, answer.codes]).toEqual([400, ["DIGEST_INVALID"]]);
  });
});

describe("chunked uploads", { timeout: 30_000 }, () => {
  it("takes chunks in order, the last one in PUT", async () => {
    const sample = new SampleRegistry();
    const digest = await digestOf(HELLO);
    let location = await sample.startUpload("a");
    for (const [start, end] of [
      [0, 5],
      [5, 10],
    ] as const) {
      const headers = { "content-range": `${start}-${end - 1}`, "content-length": String(end - start) };
      const patch = await sample.call("PATCH", location, { body: HELLO.slice(start, end), headers });
      expect([patch.status, patch.headers.get("range")]).toEqual([202, `0-${end - 1}`]);
      location = patch.headers.get("location") ?? "";
    }
    const status = await sample.call("GET", location);
    expect([status.status, status.headers.get("range")]).toEqual([204, "0-9"]);
    const headers = { "content-range": `10-${HELLO.length - 1}` };
    const put = await sample.call("PUT", `${location}?digest=${digest}`, { body: HELLO.slice(10), headers });
    expect(put.status).toBe(201);
    expect((await sample.call("GET", `/v2/a/blobs/${digest}`)).text).toBe("hello, registry");
  });

  it("takes a stream without a range, and sha512 named only at the end", async () => {
    const sample = new SampleRegistry();
    const location = await sample.startUpload("a");
    expect((await sample.call("PATCH", location, { body: HELLO.slice(0, 3) })).status).toBe(202);
    expect((await sample.call("PATCH", location, { body: HELLO.slice(3) })).status).toBe(202);
    const digest = await digestOf(HELLO, "sha512");
    expect((await sample.call("PUT", `${location}?digest=${digest}`)).status).toBe(201);
    expect((await sample.call("GET", `/v2/a/blobs/${digest}`)).text).toBe("hello, registry");
  });

  it("refuses a chunk out of order, says where it stands, and goes on", async () => {
    const sample = new SampleRegistry();
    const location = await sample.startUpload("a");
    await sample.call("PATCH", location, { body: HELLO.slice(0, 5), headers: { "content-range": "0-4" } });
    for (const range of ["6-9", "0-4", "4-9"]) {
      const headers = { "content-range": range };
      const patch = await sample.call("PATCH", location, { body: HELLO.slice(0, 4), headers });
      expect([patch.status, patch.codes, patch.headers.get("range")]).toEqual([
        416,
        ["RANGE_INVALID"],
        "0-4",
      ]);
      const put = await sample.call("PUT", `${location}?digest=${OTHER}`, { body: HELLO, headers });
      expect(put.status).toBe(416);
    }
    const rest = { body: HELLO.slice(5), headers: { "content-range": `5-${HELLO.length - 1}` } };
    expect((await sample.call("PATCH", location, rest)).status).toBe(202);
    expect((await sample.call("PUT", `${location}?digest=${await digestOf(HELLO)}`)).status).toBe(201);
  });

  it.each(["x", "5", "3-1", "bytes", "0-", "-5", "0-4;x"])("refuses Content-Range %j", async (range) => {
    const sample = new SampleRegistry();
    const location = await sample.startUpload("a");
    const patch = await sample.call("PATCH", location, { body: HELLO, headers: { "content-range": range } });
    expect([patch.status, patch.codes]).toEqual([416, ["RANGE_INVALID"]]);
  });

  it("refuses a range that is not as long as the chunk", async () => {
    const sample = new SampleRegistry();
    const location = await sample.startUpload("a");
    const headers = { "content-range": "0-9", "content-length": "5" };
    const announced = await sample.call("PATCH", location, { body: HELLO.slice(0, 5), headers });
    expect([announced.status, announced.codes]).toEqual([400, ["SIZE_INVALID"]]);
    const short = await sample.call("PATCH", location, {
      body: HELLO.slice(0, 5),
      headers: { "content-range": "0-9" },
    });
    expect([short.status, short.codes]).toEqual([400, ["SIZE_INVALID"]]);
  });

  it("keeps what arrived before the connection broke", async () => {
    const sample = new SampleRegistry();
    const location = await sample.startUpload("a");
    const patch = await sample.call("PATCH", location, {
      body: brokenStream([HELLO.slice(0, 4), HELLO.slice(4, 6)]),
    });
    expect([patch.status, patch.codes]).toEqual([400, ["BLOB_UPLOAD_INVALID"]]);
    expect((await sample.call("GET", location)).headers.get("range")).toBe("0-5");
    await sample.call("PATCH", location, { body: HELLO.slice(6) });
    expect((await sample.call("PUT", `${location}?digest=${await digestOf(HELLO)}`)).status).toBe(201);
  });

  it("drops a single POST whose connection broke", async () => {
    const sample = new SampleRegistry();
    const body = brokenStream([HELLO.slice(0, 4)]);
    const post = await sample.call("POST", `/v2/a/blobs/uploads/?digest=${await digestOf(HELLO)}`, { body });
    expect([post.status, post.codes]).toEqual([400, ["BLOB_UPLOAD_INVALID"]]);
    expect(await stored(sample)).toEqual([]);
  });
});

describe("upload sessions", { timeout: 30_000 }, () => {
  it("can be cancelled", async () => {
    const sample = new SampleRegistry();
    const location = await sample.startUpload("a");
    await sample.call("PATCH", location, { body: HELLO });
    expect((await sample.call("DELETE", location)).status).toBe(204);
    for (const method of ["GET", "PATCH", "DELETE"]) {
      const answer = await sample.call(method, location);
      expect([answer.status, answer.codes]).toEqual([404, ["BLOB_UPLOAD_UNKNOWN"]]);
    }
  });

  it("can be cancelled while bytes are coming, and the sender is told", async () => {
    const sample = new SampleRegistry();
    const location = await sample.startUpload("a");
    let feed: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        feed = controller;
        controller.enqueue(HELLO);
      },
    });
    const patch = sample.call("PATCH", location, { body });
    expect((await sample.call("PATCH", location, { body: HELLO })).status).toBe(409);
    expect((await sample.call("DELETE", location)).status).toBe(204);
    feed?.enqueue(HELLO);
    expect((await patch).codes).toEqual(["BLOB_UPLOAD_UNKNOWN"]);
    expect(await stored(sample)).toEqual([]);
  });

  it("belong to their repository", async () => {
    const sample = new SampleRegistry();
    const location = await sample.startUpload("a");
    const answer = await sample.call("GET", location.replace("/v2/a/", "/v2/b/"));
    expect([answer.status, answer.codes]).toEqual([404, ["BLOB_UPLOAD_UNKNOWN"]]);
  });

  it("end after an hour of silence", async () => {
    const sample = new SampleRegistry();
    const old = await sample.startUpload("a");
    sample.time += 59 * 60 * 1000;
    const young = await sample.startUpload("a");
    expect((await sample.call("GET", old)).status).toBe(204);
    sample.time += 60 * 1000;
    await sample.startUpload("a");
    expect((await sample.call("GET", old)).status).toBe(404);
    expect((await sample.call("GET", young)).status).toBe(204);
  });

  it("are limited in number: the oldest that is not being written to makes way", async () => {
    const sample = new SampleRegistry();
    const locations: string[] = [];
    for (let count = 0; count < 256; count += 1) {
      sample.time += 1;
      locations.push(await sample.startUpload("a"));
    }
    sample.time += 1;
    await sample.call("PATCH", locations[0] ?? "", { body: HELLO });
    for (let count = 0; count < 2; count += 1)
      expect((await sample.call("POST", "/v2/a/blobs/uploads/")).status).toBe(202);
    const statuses = [];
    for (const location of locations.slice(0, 4)) statuses.push((await sample.call("GET", location)).status);
    expect(statuses).toEqual([204, 404, 404, 204]);
  });

  it("are refused when all of them are being written to, and when to come back is said", async () => {
    const sample = new SampleRegistry();
    const feeds: ReadableStreamDefaultController<Uint8Array>[] = [];
    const patches: Promise<unknown>[] = [];
    for (let count = 0; count < 256; count += 1) {
      const location = await sample.startUpload("a");
      const body = new ReadableStream<Uint8Array>({ start: (controller) => void feeds.push(controller) });
      patches.push(sample.call("PATCH", location, { body }));
    }
    const refused = await sample.call("POST", "/v2/a/blobs/uploads/");
    expect([refused.status, refused.codes]).toEqual([429, ["TOOMANYREQUESTS"]]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    for (const feed of feeds) feed.close();
    await Promise.all(patches);
    expect((await sample.call("POST", "/v2/a/blobs/uploads/")).status).toBe(202);
  });

  it("may bring the same blob at once", async () => {
    const sample = new SampleRegistry();
    const bytes = crypto.getRandomValues(new Uint8Array(60_000));
    const repositories = ["a", "a", "b", "c", "c"];
    const digests = await Promise.all(repositories.map((repository) => sample.pushBlob(repository, bytes)));
    expect(new Set(digests).size).toBe(1);
    expect(await sample.storage.blobs.list()).toEqual([digests[0]]);
    for (const repository of repositories) {
      const answer = await sample.call("GET", `/v2/${repository}/blobs/${digests[0] ?? ""}`);
      expect(await digestOf(answer.bytes)).toBe(digests[0]);
    }
  });
});

describe("cross-repository mount", { timeout: 30_000 }, () => {
  it("gives the blob to the second repository without bytes", async () => {
    const sample = new SampleRegistry();
    const digest = await sample.pushBlob("a", HELLO);
    const mount = await sample.call("POST", `/v2/b/blobs/uploads/?mount=${digest}&from=a`);
    expect([mount.status, mount.headers.get("location")]).toEqual([201, `/v2/b/blobs/${digest}`]);
    expect((await sample.call("GET", `/v2/b/blobs/${digest}`)).text).toBe("hello, registry");
  });

  it("opens a session when the source has no such blob", async () => {
    const sample = new SampleRegistry();
    const digest = await sample.pushBlob("a", HELLO);
    for (const query of [
      `mount=${OTHER}&from=a`,
      `mount=${digest}&from=c`,
      `mount=${digest}&from=A..B`,
      `mount=${OTHER}`,
    ]) {
      const answer = await sample.call("POST", `/v2/b/blobs/uploads/?${query}`);
      expect(answer.status).toBe(202);
      expect(answer.headers.get("location")).toContain("/v2/b/blobs/uploads/");
    }
  });

  it("refuses malformed digests", async () => {
    const sample = new SampleRegistry();
    const bad = await sample.call("POST", `/v2/b/blobs/uploads/?mount=x&from=a`);
    expect([bad.status, bad.codes]).toEqual([400, ["DIGEST_INVALID"]]);
  });
});
