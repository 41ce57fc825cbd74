/** The client against the guest's real dockerd. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Machine } from "../../machine/machine";
import { restoreInNode } from "../../node/machine-in-node";
import { builtGuest } from "../../node/test/built-guest";
import { EngineClient } from "../client";

const SOCKET = "/var/run/docker.sock";

let machine: Machine;
let engine: EngineClient;

beforeAll(async () => {
  machine = await restoreInNode(builtGuest());
  engine = new EngineClient((signal) => machine.agent.connectUnix(SOCKET, signal));
});
afterAll(() => machine.destroy());

async function run(command: string): Promise<string> {
  const { status, stdout, stderr } = await machine.agent.run(command);
  expect(`${status} ${stderr}`).toBe("0 ");
  return stdout.trim();
}

it("answers what the docker command answers", async () => {
  await engine.ping();
  expect((await engine.version()).Version).toBe(await run("docker version -f '{{.Server.Version}}'"));
  const images = await engine.images();
  expect(images.flatMap(({ RepoTags }) => RepoTags)).toContain("busybox:latest");
  const busybox = await engine.image("busybox");
  expect(busybox.Id).toBe(await run("docker inspect -f '{{.Id}}' busybox"));
  expect(busybox.Config?.Cmd).toEqual(["sh"]);
  expect((await engine.imageHistory("busybox")).length).toBeGreaterThan(0);
  const networks = await engine.networks();
  expect(networks.map(({ Name }) => Name).sort()).toEqual(["bridge", "host", "none"]);
  expect(await engine.volumes()).toEqual([]);
  await expect(engine.container("nobody")).rejects.toMatchObject({ code: "refused", status: 404 });
});

it("tells of containers as they come and go, with their ports, volumes and networks", async () => {
  const actions: string[] = [];
  const abort = new AbortController();
  let opened: () => void = () => undefined;
  const open = new Promise<void>((resolve) => (opened = resolve));
  const listening = (async () => {
    const options = { filters: { type: ["container"], event: ["start", "die"] }, onOpen: opened };
    for await (const event of engine.events(options, abort.signal))
      actions.push(`${event.Action} ${event.Actor.Attributes["name"] ?? ""}`);
  })();
  listening.catch(() => undefined);
  await open;
  await run(
    "docker run -d --name web -p 8080:80 -v data:/data -e COLOUR=teal -m 64m busybox httpd -f -p 80 -h /etc",
  );
  const [summary] = await engine.containers();
  expect(summary).toMatchObject({ Names: ["/web"], State: "running", Image: "busybox" });
  expect(summary?.Ports).toContainEqual({ IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" });
  const web = await engine.container("web");
  expect(web).toMatchObject({
    Name: "/web",
    State: { Running: true },
    HostConfig: { Memory: 64 * 1024 * 1024 },
  });
  expect(web.Config.Env).toContain("COLOUR=teal");
  expect(web.NetworkSettings.Ports["80/tcp"]).toContainEqual({ HostIp: "0.0.0.0", HostPort: "8080" });
  expect(web.Mounts).toMatchObject([{ Type: "volume", Name: "data", Destination: "/data" }]);
  expect((await engine.volume("data")).Driver).toBe("local");
  const bridge = await engine.network("bridge");
  expect(Object.values(bridge.Containers).map(({ Name }) => Name)).toEqual(["web"]);

  await engine.send({ method: "DELETE", path: "/containers/web", query: { force: true } });
  expect(await engine.containers({ all: true })).toEqual([]);
  await expect.poll(() => actions).toEqual(["start web", "die web"]);
  abort.abort();
  await expect(listening).rejects.toMatchObject({ code: "aborted" });
  await expect.poll(() => machine.agent.openStreams).toBe(0);
});
