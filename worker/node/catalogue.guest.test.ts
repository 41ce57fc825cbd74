/** The catalogue's images in the guest: each is pulled by the real Docker from the built guest's folder, and does its work. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RegistryError } from "../hub/errors";
import type { Machine } from "../machine/machine";
import { restoreInNode } from "./machine-in-node";
import { openRegistriesInNode } from "./registries-in-node";
import { builtGuest } from "./testing/built-guest";

let machine: Machine;
const failures: RegistryError[] = [];

beforeAll(async () => {
  const guestFolder = builtGuest();
  const registries = await openRegistriesInNode({ guestFolder, onFailure: (error) => failures.push(error) });
  machine = await restoreInNode(guestFolder, undefined, { registries });
});

afterAll(async () => {
  await machine.destroy();
  expect(failures).toEqual([]);
});

async function succeeds(command: string): Promise<string> {
  const { status, stdout } = await machine.agent.run(command, { mergeStderr: true });
  if (status !== 0) throw new Error(`${command}: status ${status}\n${stdout}`);
  return stdout;
}

/** Tries until the command succeeds, two minutes at most. */
const untilSucceeds = (command: string): Promise<string> =>
  succeeds(`for i in $(seq 240); do ${command} && exit 0; sleep 0.5; done 2>/dev/null; exit 1`);

describe("layers", () => {
  it("are the very ones of the guest's own images", async () => {
    for (const image of ["busybox", "hello-world"]) {
      expect(await succeeds(`docker pull ${image}`)).toContain(
        `Status: Image is up to date for ${image}:latest`,
      );
    }
  });

  it("of debian: BusyBox's is there already, and ubuntu brings nothing new", async () => {
    const first = await succeeds("docker pull debian:trixie");
    expect(first.match(/: Already exists/g)).toHaveLength(1);
    expect(first.match(/: Pull complete/g)).toHaveLength(1);
    const second = await succeeds("docker pull ubuntu:14.04");
    expect(second.match(/: Already exists/g)).toHaveLength(2);
    expect(second).not.toContain("Pull complete");
  });
});

it("debian has bash, the usual commands, and an honest name", async () => {
  const output = await succeeds(
    `docker run --rm ubuntu:14.04 /bin/bash -lc '. /etc/os-release; echo "$ID $VERSION_CODENAME"; ps | head -1; whoami; ! apt-get'`,
  );
  expect(output).toContain("debian trixie");
  expect(output).toContain("PID   USER");
  expect(output).toContain("root");
  expect(output).toContain("apt-get: command not found");
});

it("nginx serves its page, and logs where docker logs and a reader inside find it", async () => {
  await succeeds("docker run -d -p 80:80 --name webserver nginx");
  expect(await untilSucceeds("curl -sf localhost")).toContain("<title>Welcome to nginx!</title>");
  const inside = await succeeds("docker exec webserver cat /var/log/nginx/access.log");
  expect(inside).toContain('"GET / HTTP/1.1" 200');
  expect(await succeeds("docker logs webserver 2>/dev/null")).toBe(inside);
  await succeeds("docker stop webserver");
  expect(await succeeds("docker inspect -f '{{.State.ExitCode}}' webserver")).toBe("0\n");
  await succeeds("docker rm webserver");
});

it("redis answers, takes options, and is not root", async () => {
  await succeeds("docker run -d --name redis redis --appendonly yes");
  expect(await untilSucceeds("docker exec redis redis-cli ping")).toContain("PONG");
  expect(await succeeds("docker exec redis redis-cli config get appendonly")).toContain("yes");
  expect(await succeeds("docker exec redis stat -c %U /proc/1")).toBe("redis\n");
});
