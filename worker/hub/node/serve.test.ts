import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { digestOf } from "../digest";
import type { HttpHandler } from "../../http/server/handler";
import { SampleRegistry } from "../testing/sample-registry";
import { serve, type RunningServer, type ServeOptions } from "./serve";
import { settle } from "../../testing/settle";

const servers: RunningServer[] = [];
const errors: unknown[] = [];

async function start(handler: HttpHandler, more: Partial<ServeOptions> = {}): Promise<RunningServer> {
  const options = { host: "127.0.0.1", port: 0, onError: (error: unknown) => errors.push(error), ...more };
  const server = await serve(handler, options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  expect(errors.splice(0)).toEqual([]);
});

/** Sends bytes as they are, and gives what comes back until the server closes or the first answer is whole. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (data) => {
      answer += data.toString("latin1");
      if (answer.includes("\r\n\r\n")) socket.end();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

describe("over HTTP", { timeout: 30_000 }, () => {
  it("streams a blob in and out", async () => {
    const sample = new SampleRegistry();
    const { url } = await start(sample.registry.handle);
    const bytes = new Uint8Array(5_000_000).map((_, at) => at * 31);
    const digest = await digestOf(bytes);
    const post = await fetch(`${url}/v2/a/blobs/uploads/`, { method: "POST" });
    const location = post.headers.get("location") ?? "";
    const patch = await fetch(url + location, {
      method: "PATCH",
      body: new Blob([bytes]).stream(),
      duplex: "half",
    });
    expect(patch.headers.get("range")).toBe("0-4999999");
    expect((await fetch(`${url}${location}?digest=${digest}`, { method: "PUT" })).status).toBe(201);
    const get = await fetch(`${url}/v2/a/blobs/${digest}`);
    expect(get.headers.get("content-length")).toBe("5000000");
    expect(await digestOf(new Uint8Array(await get.arrayBuffer()))).toBe(digest);
    const head = await fetch(`${url}/v2/a/blobs/${digest}`, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "5000000"]);
  });

  it("reads no faster than the client", async () => {
    let produced = 0;
    let cancelled: (() => void) | undefined;
    const whenCancelled = new Promise<void>((resolve) => {
      cancelled = resolve;
    });
    const endless = (): ReadableStream<Uint8Array<ArrayBuffer>> =>
      new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull(controller) {
          produced += 1;
          controller.enqueue(new Uint8Array(65_536));
        },
        cancel: () => cancelled?.(),
      });
    const { port } = await start(() => Promise.resolve(new Response(endless())));
    const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    const first = await new Promise<number>((resolve) => {
      socket.once("data", (data) => {
        socket.pause();
        resolve(data.length);
      });
    });
    expect(first).toBeGreaterThan(0);
    let before = -1;
    while (before !== produced) {
      before = produced;
      await settle();
    }
    // What the sockets' buffers of both sides hold, and no more.
    expect(produced).toBeLessThan(1000);
    socket.destroy();
    await whenCancelled;
  });

  it("sends the reason of a 5xx in the status line", async () => {
    const { port } = await start(() =>
      Promise.resolve(new Response("", { status: 507, statusText: "no room" })),
    );
    expect(await raw(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).toMatch(/^HTTP\/1.1 507 no room\r\n/);
  });

  it("answers a client whose body it does not want, and keeps the connection", async () => {
    const sample = new SampleRegistry();
    const { url } = await start(sample.registry.handle);
    const body = new Uint8Array(8_000_000);
    for (let count = 0; count < 3; count += 1) {
      const answer = await fetch(`${url}/v2/UPPER/blobs/uploads/`, { method: "POST", body });
      expect(answer.status).toBe(400);
    }
  });

  it.each([
    ["PUT", "/v2/a/manifests/1", {}, 413],
    ["PATCH", "", { "Content-Range": "5-10000004" }, 416],
    ["PATCH", "", { "Content-Range": "0-5" }, 400],
  ])(
    "takes what it has refused in the middle from a client that sends all before it reads: %s %s",
    async (method, path, headers, status) => {
      const sample = new SampleRegistry();
      const { port } = await start(sample.registry.handle);
      const length = 10_000_000;
      const lines = Object.entries({ Host: "x", "Content-Length": String(length), ...headers });
      const target = path === "" ? await sample.startUpload("a") : path;
      const head = [`${method} ${target} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)];
      const socket = connect(port, "127.0.0.1");
      await new Promise<void>((resolve, reject) => {
        socket.on("error", reject);
        socket.write(`${head.join("\r\n")}\r\n\r\n`);
        socket.write(Buffer.alloc(length), () => resolve());
      });
      socket.write("GET /v2/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      let answer = "";
      for await (const data of socket) answer += String(data);
      const statuses = [...answer.matchAll(/HTTP\/1.1 (\d+) /g)].map(([, text]) => Number(text));
      expect(statuses).toEqual([status, 200]);
    },
  );

  it("lets another go on with an upload whose client has fallen silent", async () => {
    const sample = new SampleRegistry();
    const { url, port } = await start(sample.registry.handle, { silenceMs: 300 });
    const location = await sample.startUpload("a");
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(`PATCH ${location} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n0123456789`);
    await new Promise((resolve) => socket.once("close", resolve));
    const answer = await fetch(url + location, { method: "PATCH", body: "more" });
    expect([answer.status, answer.headers.get("range")]).toEqual([202, "0-13"]);
  });

  it.each([
    ["GET //evil HTTP/1.1\r\nHost: x\r\n\r\n", 404],
    ["GET http://other/v2/ HTTP/1.1\r\nHost: x\r\n\r\n", 200],
    ["GET /v2/ HTTP/1.1\r\nHost:\r\n\r\n", 200],
    ["GET /v2/ HTTP/1.1\r\nHost: a/b\r\n\r\n", 400],
    ["GET /v2/ HTTP/1.1\r\nHost: x:99999\r\n\r\n", 400],
    ["GET /v2/ HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400],
    ["GET /v2/ HTTP/0.9\r\nHost: x\r\n\r\n", 505],
    ["GET /v2/ HTTP/2.0\r\nHost: x\r\n\r\n", 505],
    ["POST /v2/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501],
    ["GET /v2/ HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
    ["OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 404],
    ["GET /v2/ HTTP/1.1\r\n\r\n", 400],
    ["BREW /v2/ HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["\x16\x03\x01\x02\x00\r\n\r\n", 400],
    ["PROPFIND /v2/ HTTP/1.1\r\nHost: x\r\n\r\n", 501],
    ["OPTIONS /v2/ HTTP/1.1\r\nHost: x\r\n\r\n", 405],
  ])("answers %j with %i", async (text, status) => {
    const sample = new SampleRegistry();
    const { port } = await start(sample.registry.handle);
    expect(await raw(port, text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it("keeps what arrived of an upload whose connection broke", async () => {
    const sample = new SampleRegistry();
    const { url, port } = await start(sample.registry.handle);
    const location = await sample.startUpload("a");
    const socket = connect(port, "127.0.0.1");
    socket.write(`PATCH ${location} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n0123456789`);
    let range = "";
    while (range !== "0-9") range = (await fetch(url + location)).headers.get("range") ?? "";
    socket.destroy();
    const digest = await digestOf(new TextEncoder().encode("0123456789"));
    let status = 409;
    while (status === 409) {
      status = (await fetch(`${url}${location}?digest=${digest}`, { method: "PUT" })).status;
    }
    expect(status).toBe(201);
  });

  it("cannot take an address that is taken", async () => {
    const { port } = await start(() => Promise.resolve(new Response()));
    const again = serve(() => Promise.resolve(new Response()), {
      host: "127.0.0.1",
      port,
      onError: () => undefined,
    });
    await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
