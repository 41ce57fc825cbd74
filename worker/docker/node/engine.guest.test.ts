/** The engine against the guest's real dockerd: what it answers has the shapes that ports and checks read. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { z } from "zod";
import type { Machine } from "../../machine/machine";
import { restoreInNode } from "../../node/machine-in-node";
import { builtGuest } from "../../node/testing/built-guest";
import { engineBehind, parseAs, replyJson, type DockerEngine } from "../engine";
import { containerPath, containersPath, imagePath, networkPath, volumePath } from "../paths";
import {
  containerSchema,
  historySchema,
  imageSchema,
  networkSchema,
  summariesSchema,
  volumeSchema,
} from "../schemas";

let machine: Machine;
let engine: DockerEngine;

beforeAll(async () => {
  machine = await restoreInNode(builtGuest());
  engine = engineBehind(machine.agent);
});
afterAll(() => machine.destroy());

async function run(command: string): Promise<string> {
  const { status, stdout, stderr } = await machine.agent.run(command);
  expect(`${status} ${stderr}`).toBe("0 ");
  return stdout.trim();
}

async function ask<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.infer<Schema>> {
  return parseAs(schema, replyJson(path, await engine.get(path)));
}

it("answers what the docker command answers", async () => {
  const busybox = await ask(imageSchema, imagePath("busybox"));
  expect(busybox.Id).toBe(await run("docker inspect -f '{{.Id}}' busybox"));
  expect(busybox.RootFS?.Layers).toHaveLength(1);
  expect((await ask(historySchema, imagePath("busybox", "history"))).length).toBeGreaterThan(0);
  expect((await ask(networkSchema, networkPath("none"))).Driver).toBe("null");
  expect(replyJson("", await engine.get(containerPath("nobody")))).toBeUndefined();
});

it("tells of containers as they come and go, with their ports, volumes and networks", async () => {
  const actions: string[] = [];
  const abort = new AbortController();
  let opened: () => void = () => undefined;
  const open = new Promise<void>((resolve) => (opened = resolve));
  const listening = (async () => {
    for await (const { Type, Action, Actor } of engine.events(opened, abort.signal))
      if (Type === "container") actions.push(`${Action} ${Actor.Attributes["name"] ?? ""}`);
  })();
  listening.catch(() => undefined);
  await open;
  await run(
    "docker run -d --name web -p 8080:80 -v data:/data -e COLOUR=teal -m 64m busybox httpd -f -p 80 -h /etc",
  );
  const [summary] = await engine.containers();
  expect(summary).toMatchObject({ Names: ["/web"], State: "running", Image: "busybox" });
  expect(summary?.Ports).toContainEqual({ PrivatePort: 80, PublicPort: 8080, Type: "tcp" });
  const web = await ask(containerSchema, containerPath("web"));
  expect(web).toMatchObject({
    Name: "/web",
    State: { Running: true },
    HostConfig: { Memory: 64 * 1024 * 1024 },
  });
  expect(web.Config.Env).toContain("COLOUR=teal");
  expect(web.NetworkSettings.Ports["80/tcp"]).toContainEqual({ HostPort: "8080" });
  expect(web.Mounts).toMatchObject([{ Type: "volume", Name: "data", Destination: "/data" }]);
  expect((await ask(volumeSchema, volumePath("data"))).Driver).toBe("local");
  const users = await ask(summariesSchema, containersPath({ volume: ["data"] }));
  expect(users.map(({ Names }) => Names)).toEqual([["/web"]]);
  const bridge = await ask(networkSchema, networkPath("bridge"));
  expect(Object.values(bridge.Containers).map(({ Name }) => Name)).toEqual(["web"]);

  await run("docker rm -f web");
  expect(await engine.containers()).toEqual([]);
  await expect.poll(() => actions).toEqual(expect.arrayContaining(["start web", "die web", "destroy web"]));
  abort.abort();
  await expect(listening).rejects.toMatchObject({ code: "aborted" });
  await expect.poll(() => machine.agent.openStreams).toBe(0);
});
