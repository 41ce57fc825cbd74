/** The guest out in the world: through a real Wisp relay to a web server of this machine. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openRelaySocket } from "../lan/node/relay-socket";
import { startWispServer, type WispServer } from "../lan/node/wisp-server";
import type { Machine } from "../machine/machine";
import { restoreInNode } from "./machine-in-node";
import { builtGuest } from "./testing/built-guest";

let relay: WispServer;
let web: Server;
let port: number;
let machine: Machine;

beforeAll(async () => {
  relay = await startWispServer();
  web = createServer(({ headers }, response) => response.end(`this is ${headers.host ?? ""}`));
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  ({ port } = web.address() as AddressInfo);
  machine = await restoreInNode(builtGuest(), undefined, { openRelaySocket });
});

afterAll(async () => {
  await machine.destroy();
  web.close();
  relay.close();
});

async function fetchPage(): Promise<string> {
  const { stdout } = await machine.agent.run(`curl -sS --max-time 60 http://example.com:${port}/`, {
    mergeStderr: true,
  });
  return stdout;
}

it("has no way out at first", async () => {
  expect(await fetchPage()).toContain("Could not resolve host: example.com");
});

it("goes out through the relay, by name", async () => {
  machine.setRelay(relay.url);
  expect(await fetchPage()).toBe(`this is example.com:${port}`);
});

it("goes out of a container, too", async () => {
  const command = `docker run --rm busybox wget -qO- http://example.com:${port}/`;
  const { stdout } = await machine.agent.run(command, { mergeStderr: true });
  expect(stdout).toBe(`this is example.com:${port}`);
});

it("comes to a stop with the relay", async () => {
  machine.setRelay(undefined);
  expect(await fetchPage()).toMatch(/Could not resolve host|Could not connect|Failed to connect/);
});
