/** The built snapshot is of the moment before everyday commands were run to learn what they read. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Machine } from "../../worker/machine/machine";
import { restoreInNode } from "../../worker/node/machine-in-node";
import { builtGuest } from "../../worker/node/test/built-guest";

let machine: Machine;
beforeAll(async () => {
  machine = await restoreInNode(builtGuest());
});
afterAll(() => machine.destroy());

it("has nothing of those commands, neither in memory nor on the disk", async () => {
  const { stdout } = await machine.agent.run(
    `docker ps -aq; docker volume ls -q; docker images --format '{{.Repository}}' | sort
     ls -d /tmp/trace; cat /root/.docker/config.json; docker system df --format '{{.Type}} {{.TotalCount}}' | grep Build`,
  );
  expect(stdout.trim().split("\n")).toEqual(["busybox", "hello-world", "Build Cache 0"]);
});
