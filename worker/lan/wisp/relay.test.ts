/** The guest's end of a wire, through our relay client and a real Wisp relay, to servers of this machine. */
import { createServer, type Server as HttpServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../clock";
import { latin1Bytes } from "../../http/latin1";
import { readText } from "../../http/testing/chunks";
import { createPair, type Pair } from "../testing/pair";
import { findDifference, pattern } from "../testing/random";
import { openRelaySocket } from "../node/relay-socket";
import { startWispServer, type WispServer } from "../node/wisp-server";
import type { Connection } from "../tcp/streams";
import { Relay } from "./relay";

let relayServer: WispServer;
let pair: Pair;
let relay: Relay;
const servers: Server[] = [];
const sockets = new Set<Socket>();

function listen(server: Server | HttpServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** A TCP server of this machine; its port. */
async function serve(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  servers.push(server);
  return listen(server);
}

beforeEach(async () => {
  relayServer = await startWispServer();
  relay = new Relay({ openSocket: openRelaySocket, clock: systemClock });
  relay.use(relayServer.url);
  pair = createPair({ clock: systemClock, host: { foreign: relay.foreign } });
});

afterEach(() => {
  relay.close();
  pair.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of servers.splice(0)) server.close();
  relayServer.close();
});

/** As the guest does it: asks for the name's address, and connects to that. */
async function connect(name: string, port: number): Promise<Connection> {
  const [address = ""] = await relay.resolve(name);
  return pair.guest.connect({ address, port });
}

describe("a name outside", () => {
  it("gets an address of its own, the same each time", async () => {
    const [first] = await relay.resolve("example.com");
    const [second] = await relay.resolve("example.org");
    expect(first).toMatch(/^198\.1[89]\./);
    expect(second).not.toBe(first);
    expect(await relay.resolve("example.com")).toEqual([first]);
  });

  it("has none when it is no name of the Internet, or without a relay", async () => {
    expect(await relay.resolve("database")).toEqual([]);
    relay.use(undefined);
    expect(await relay.resolve("example.com")).toEqual([]);
  });

  it("gives its address to another after four thousand", async () => {
    const [first] = await relay.resolve("0.example");
    for (let at = 1; at < 4096; at += 1) await relay.resolve(`${at}.example`);
    expect(await relay.resolve("late.example")).toEqual([first]);
    expect(await relay.resolve("0.example")).not.toEqual([first]);
  });
});

describe("a connection through the relay", () => {
  it("carries a request and its answer", async () => {
    const web = createServer((request, response) => response.end(`you asked for ${request.url ?? ""}`));
    servers.push(web);
    const port = await listen(web);
    const direct = await connect("127.0.0.1", port);
    const writer = direct.writable.getWriter();
    await writer.write(latin1Bytes("GET /here HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    expect(await readText(direct.readable)).toContain("you asked for /here");
    await writer.close();
  });

  it("carries megabytes both ways, as they are", async () => {
    const length = 3_000_000;
    const port = await serve((socket) => socket.pipe(socket));
    const connection = await connect("127.0.0.1", port);
    const writer = connection.writable.getWriter();
    const reader = connection.readable.getReader();
    const sending = (async () => {
      for (let at = 0; at < length; at += 50_000) await writer.write(pattern(at, 50_000));
    })();
    let received = 0;
    while (received < length) {
      const { value } = await reader.read();
      if (value === undefined) break;
      expect(findDifference(received, value)).toBe(-1);
      received += value.length;
    }
    expect(received).toBe(length);
    await sending;
    connection.abort();
  });

  it("ends when the other side ends it", async () => {
    const port = await serve((socket) => socket.end("bye"));
    const connection = await connect("127.0.0.1", port);
    expect(await readText(connection.readable)).toBe("bye");
    await connection.writable.close();
    expect(await connection.closed).toBeUndefined();
  });

  it("ends at the other side when the guest ends it", async () => {
    const ended = new Promise<void>((resolve) => {
      void serve((socket) => socket.on("end", () => resolve()).resume()).then(async (port) => {
        const connection = await connect("127.0.0.1", port);
        await connection.writable.getWriter().write(latin1Bytes("half"));
        setTimeout(() => connection.abort(), 100);
      });
    });
    await ended;
  });

  it("is reset when nobody listens there", async () => {
    const port = await serve(() => undefined);
    const [closed] = servers.splice(0);
    await new Promise((resolve) => closed?.close(resolve));
    const connection = await connect("127.0.0.1", port);
    expect(await connection.closed).toMatchObject({ code: "reset" });
  });

  it("is reset when the relay goes away, and the next one finds it again", async () => {
    const port = await serve((socket) => socket.write("here"));
    const first = await connect("127.0.0.1", port);
    const reader = first.readable.getReader();
    await reader.read();
    relayServer.drop();
    expect(await first.closed).toMatchObject({ code: "reset" });
    const second = await connect("127.0.0.1", port);
    const { value } = await second.readable.getReader().read();
    expect(value).toEqual(latin1Bytes("here"));
    second.abort();
  });

  it("is refused at once without a relay", async () => {
    const port = await serve(() => undefined);
    relay.use(undefined);
    await expect(pair.guest.connect({ address: "93.184.215.14", port })).rejects.toMatchObject({
      code: "refused",
    });
  });
});

it("refuses what is not a URL", () => {
  for (const url of ["", "http://relay/", "relay", "javascript:alert(1)"])
    expect(() => relay.use(url)).toThrow();
});
