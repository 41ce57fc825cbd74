/** Against real servers on loopback: Node's own, and ones that say exactly what a test wants. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createRawServer, type AddressInfo, type Server, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { readText } from "../http/testing/chunks";
import type { GuestRequest } from "../../contract/guest-request";
import { GuestHttp, type GuestResponse } from "./guest-http";
import { dialSocket } from "./node/dial-socket";

const servers: Server[] = [];
const sockets = new Set<Socket>();
const clients: GuestHttp[] = [];
const NEVER = new AbortController().signal;

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A server, and how many connections it has had. */
async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ at: (path: string) => string; port: number; connections: () => number }> {
  const server = createServer(answer);
  let connections = 0;
  server.on("connection", () => (connections += 1));
  const port = await listen(server);
  return { at: (path) => `http://localhost:${port}${path}`, port, connections: () => connections };
}

/** A server of bare bytes: `answers[n]` is said when the nth request's head has come, over all connections. */
async function serveRaw(...answers: ((socket: Socket) => void)[]): Promise<string> {
  let count = 0;
  const port = await listen(
    createRawServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", () => answers[Math.min(count++, answers.length - 1)]?.(socket));
    }),
  );
  return `http://localhost:${port}/`;
}

function client(headMs?: number): GuestHttp {
  const made = new GuestHttp({ dial: dialSocket, ...(headMs === undefined ? {} : { headMs }) });
  clients.push(made);
  return made;
}

function get(url: string, change: Partial<GuestRequest> = {}): GuestRequest {
  return { method: "GET", url, headers: [], redirect: "follow", ...change };
}

async function fetchText(
  http: GuestHttp,
  request: GuestRequest,
): Promise<GuestResponse["head"] & { text: string }> {
  const { head, body } = await http.fetch(request, NEVER);
  return { ...head, text: await new Response(body).text() };
}

describe("a request", () => {
  it("arrives as a browser would send it, and keeps its connection for the next", async () => {
    const seen: unknown[] = [];
    const server = await serve((request, response) => {
      seen.push([request.method, request.url, request.headers]);
      response.setHeader("X-Answer", "1");
      response.end("hello");
    });
    const http = client();
    const headers: [string, string][] = [
      ["Host", "evil"],
      ["Connection", "upgrade"],
      ["Cookie", "forged=1"],
      ["X-Own", "yes"],
    ];
    const first = await fetchText(http, get(server.at("/a?b=1#c"), { headers }));
    expect(first).toMatchObject({
      status: 200,
      text: "hello",
      url: server.at("/a?b=1#c"),
      redirected: false,
    });
    expect(first.headers).toContainEqual(["X-Answer", "1"]);
    expect(first.headers.map(([name]) => name.toLowerCase())).not.toContain("connection");
    await fetchText(http, get(server.at("/b")));
    expect(server.connections()).toBe(1);
    expect(seen[0]).toMatchObject([
      "GET",
      "/a?b=1",
      { host: `localhost:${server.port}`, connection: "keep-alive", accept: "*/*", "x-own": "yes" },
    ]);
    expect(JSON.stringify(seen)).not.toContain("forged");
  });

  it("carries its body, and says that an empty one is empty", async () => {
    const server = await serve((request, response) => {
      let body = "";
      request.on("data", (bytes) => (body += String(bytes)));
      request.on("end", () => response.end(`${request.method} ${request.headers["content-length"]} ${body}`));
    });
    const http = client();
    const body = new TextEncoder().encode("name=船坞");
    expect((await fetchText(http, get(server.at("/"), { method: "POST", body }))).text).toBe(
      "POST 11 name=船坞",
    );
    expect((await fetchText(http, get(server.at("/"), { method: "POST" }))).text).toBe("POST 0 ");
    expect((await fetchText(http, get(server.at("/"), { method: "DELETE" }))).text).toBe("DELETE undefined ");
  });

  it("of HEAD has no body", async () => {
    const server = await serve((_, response) => response.setHeader("Content-Encoding", "gzip").end("x"));
    expect(await fetchText(client(), get(server.at("/"), { method: "HEAD" }))).toMatchObject({
      status: 200,
      text: "",
    });
  });

  it("is undone when the server packs its answer without being asked", async () => {
    const server = await serve((_, response) => {
      response.setHeader("Content-Encoding", "gzip").end(gzipSync("unpacked"));
    });
    const answer = await fetchText(client(), get(server.at("/")));
    expect(answer.text).toBe("unpacked");
    expect(answer.headers.map(([name]) => name.toLowerCase())).not.toContain("content-encoding");
  });

  it("streams its answer as it comes", async () => {
    let say: (text: string) => void = () => undefined;
    const server = await serve((_, response) => {
      response.writeHead(200);
      say = (text) => response.write(text);
      say("one ");
    });
    const { body } = await client().fetch(get(server.at("/")), NEVER);
    const reader = body.getReader();
    const next = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toBe("one ");
    say("two ");
    expect(await next()).toBe("two ");
    await reader.cancel();
  });

  it("waits for a turn: no more than six connections a port", async () => {
    const held: ServerResponse[] = [];
    const server = await serve((_, response) => held.push(response));
    const http = client();
    const answers = Array.from({ length: 9 }, () => fetchText(http, get(server.at("/"))));
    await expect.poll(() => held.length).toBe(6);
    expect(http.connections).toBe(6);
    for (const _ of answers) {
      await expect.poll(() => held.length).toBeGreaterThan(0);
      held.shift()?.end("x");
    }
    await Promise.all(answers);
    expect(server.connections()).toBe(6);
    http.close();
    expect(http.connections).toBe(0);
  });

  it("goes over a new connection when the kept one has died", async () => {
    const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    const url = await serveRaw(
      (socket) => socket.write(answer),
      // The second request comes over the same connection, which ends without an answer.
      (socket) => socket.destroy(),
      (socket) => socket.write(answer),
    );
    const http = client();
    expect((await fetchText(http, get(url))).text).toBe("ok");
    expect((await fetchText(http, get(url))).text).toBe("ok");
  });
});

describe("redirects", () => {
  it("are followed as browsers do", async () => {
    const seen: string[] = [];
    const server = await serve((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers["content-type"] ?? ""}`);
      const [, status, target] = /^\/(\d+)(\/.*)$/u.exec(request.url ?? "") ?? [];
      if (status === undefined) response.end("there");
      else response.writeHead(Number(status), { Location: target }).end("away");
    });
    const http = client();
    const post = { method: "POST", body: Uint8Array.of(1), headers: [["Content-Type", "x/y"]] as const };
    expect(await fetchText(http, get(server.at("/302/301/end"), post))).toMatchObject({
      url: server.at("/end"),
      redirected: true,
      text: "there",
    });
    await fetchText(http, get(server.at("/307/end"), post));
    await fetchText(http, get(server.at("/303/end"), { ...post, method: "PUT" }));
    expect(seen).toEqual([
      "POST /302/301/end x/y",
      "GET /301/end ",
      "GET /end ",
      "POST /307/end x/y",
      "POST /end x/y",
      "PUT /303/end x/y",
      "GET /end ",
    ]);
  });

  it("keep the fragment, may be looked at, and may be refused", async () => {
    const server = await serve((request, response) => {
      if (request.url === "/") response.writeHead(302, { Location: "next" }).end();
      else response.end("next");
    });
    expect((await fetchText(client(), get(server.at("/#part")))).url).toBe(server.at("/next#part"));
    expect(await fetchText(client(), get(server.at("/"), { redirect: "manual" }))).toMatchObject({
      status: 302,
    });
    await expect(client().fetch(get(server.at("/"), { redirect: "error" }), NEVER)).rejects.toMatchObject({
      code: "bad-request",
    });
  });

  it.each([
    ["https://localhost/", "outside", "https://localhost/"],
    ["http://example.test/x", "outside", "http://example.test/x"],
    ["http://[", "bad-request", "not an address"],
  ])("to %s end by name", async (location, code, message) => {
    const server = await serve((_, response) => response.writeHead(302, { Location: location }).end());
    await expect(client().fetch(get(server.at("/")), NEVER)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as unknown,
    });
  });

  it("in a circle end", async () => {
    const server = await serve((_, response) => response.writeHead(302, { Location: "/" }).end());
    await expect(client().fetch(get(server.at("/")), NEVER)).rejects.toMatchObject({
      code: "too-many-redirects",
    });
  });
});

describe("cookies", () => {
  it("come back to the site that set them, over redirects and ports, and scripts see what they may", async () => {
    const server = await serve((request, response) => {
      if (request.url === "/login") {
        response.setHeader("Set-Cookie", ["id=1; HttpOnly; Path=/", "seen=yes; Path=/"]);
        response.writeHead(302, { Location: "/home" }).end();
      } else response.end(request.headers.cookie ?? "");
    });
    const http = client();
    const home = await fetchText(http, get(server.at("/login")));
    expect(home).toMatchObject({ text: "id=1; seen=yes", cookie: "seen=yes" });
    http.setCookie(server.at("/home"), "own=2");
    http.setCookie(server.at("/home"), "id=stolen");
    http.setCookie(server.at("/home"), "word=船");
    const other = await serve((request, response) => response.end(request.headers.cookie ?? ""));
    expect((await fetchText(http, get(other.at("/")))).text).toBe("id=1; seen=yes; own=2; word=è\u0088¹");
    expect((await fetchText(http, get(other.at("/")))).cookie).toBe("seen=yes; own=2; word=船");
    expect(() => http.setCookie("http://elsewhere.test/", "x=1")).toThrow(
      expect.objectContaining({ code: "outside" }),
    );
  });
});

describe("a failure", () => {
  it("is refused when nobody listens", async () => {
    const port = await listen(createRawServer());
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const request = client().fetch(get(`http://localhost:${port}/`), NEVER);
    await expect(request).rejects.toMatchObject({ code: "refused" });
  });

  it("is no-answer when somebody listens and says nothing", async () => {
    const url = await serveRaw(() => undefined);
    const http = client(50);
    await expect(http.fetch(get(url), NEVER)).rejects.toMatchObject({ code: "no-answer" });
    expect(http.connections).toBe(0);
  });

  it.each<[string, string, (socket: Socket) => void]>([
    ["closed", "nothing", (socket) => socket.end()],
    ["closed", "half a head", (socket) => socket.end("HTTP/1.1 200 OK\r\nSer")],
    ["bad-response", "another protocol", (socket) => socket.end("+PONG\r\n")],
    [
      "bad-response",
      "an endless head",
      (socket) => socket.end(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}`),
    ],
    [
      "bad-response",
      "an unknown encoding",
      (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nx"),
    ],
  ])("is %s for %s", async (code, _, answer) => {
    const http = client();
    await expect(http.fetch(get(await serveRaw(answer)), NEVER)).rejects.toMatchObject({ code });
  });

  it("in the middle of the body is the body's", async () => {
    const url = await serveRaw((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"));
    const { body } = await client().fetch(get(url), NEVER);
    await expect(readText(body)).rejects.toMatchObject({ code: "closed" });
  });

  it.each(["http://example.test/", "https://localhost/", "ftp://localhost/", "file:///etc/passwd", "", "/x"])(
    "is at once for %j",
    async (url) => {
      await expect(client().fetch(get(url), NEVER)).rejects.toMatchObject({ name: "GuestHttpError" });
    },
  );

  it("is a bad request for what would break the head", async () => {
    const server = await serve((_, response) => response.end());
    const headers: [string, string][] = [["X", "a\r\nInjected: 1"]];
    await expect(client().fetch(get(server.at("/"), { headers }), NEVER)).rejects.toMatchObject({
      code: "bad-request",
    });
    await expect(client().fetch(get(server.at("/"), { method: "G T" }), NEVER)).rejects.toMatchObject({
      code: "bad-request",
    });
  });

  it("is the signal's reason, while it waits and while it reads", async () => {
    const url = await serveRaw((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"));
    const silent = await serveRaw(() => undefined);
    const http = client();
    const reason = new Error("gave up");
    const early = new AbortController();
    const waiting = http.fetch(get(silent), early.signal);
    early.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    const late = new AbortController();
    const { body } = await http.fetch(get(url), late.signal);
    late.abort(reason);
    await expect(readText(body)).rejects.toThrow();
    await expect.poll(() => http.connections).toBe(0);
  });
});
