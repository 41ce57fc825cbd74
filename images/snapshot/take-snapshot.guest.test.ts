/** The built snapshot is of a moment after everyday commands were run, and shows nothing of it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Machine } from "../../worker/machine/machine";
import { restoreInNode } from "../../worker/node/machine-in-node";
import { builtGuest } from "../../worker/node/testing/built-guest";

let machine: Machine;
beforeAll(async () => {
  machine = await restoreInNode(builtGuest());
});
afterAll(() => machine.destroy());

it("has nothing of those commands, neither in memory nor on the disk", async () => {
  const { stdout } = await machine.agent.run(
    `docker ps -aq; docker volume ls -q; docker images --format '{{.Repository}}' | sort
     ls -d /tmp/everyday; cat /root/.docker/config.json; docker system df --format '{{.Type}} {{.TotalCount}}' | grep Build`,
  );
  expect(stdout.trim().split("\n")).toEqual(["busybox", "hello-world", "Build Cache 0"]);
});

it("is warm: what the first commands execute is compiled", async () => {
  const { compiledPages } = machine.emulator;
  expect(compiledPages).toBeGreaterThan(1000);
  await machine.agent.run("docker ps");
  await machine.agent.run("docker run --rm busybox echo hi");
  expect(machine.emulator.compiledPages - compiledPages).toBeLessThan(compiledPages / 10);
});
