/** Containers and builds in the guest have their network without a second dockerd, with either runtime. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Machine } from "../../worker/machine/machine";
import { restoreInNode } from "../../worker/node/machine-in-node";
import { builtGuest } from "../../worker/node/testing/built-guest";

let machine: Machine;
beforeAll(async () => {
  machine = await restoreInNode(builtGuest());
});
afterAll(() => machine.destroy());

async function run(command: string): Promise<string> {
  const { status, stdout, stderr } = await machine.agent.run(command);
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return stdout.trim();
}

/** Path and name of the hook in a container's bundle. */
const HOOK_OF =
  "jq -r '.hooks.prestart[0] | .path, .args[0]' /run/containerd/io.containerd.runtime.v2.task/moby/";

describe("a container's network", () => {
  it.each(["crun", "runc"])("is made by our hook with %s", async (runtime) => {
    const id = await run(
      `docker run -d --runtime ${runtime} --name ${runtime} -p 8081:80 busybox httpd -f -h /etc`,
    );
    expect(await run(`${HOOK_OF}${id}/config.json`)).toBe(
      "/usr/local/sbin/drydock-runtime\nlibnetwork-setkey",
    );
    expect(await run(`docker exec ${runtime} ip -4 -o address show eth0`)).toContain("172.17.0.");
    expect(await run("curl -s localhost:8081/hostname")).toBe(id.slice(0, 12));
    expect(await run(`docker inspect -f '{{.HostConfig.Runtime}}' ${runtime}`)).toBe(runtime);
    await run(`docker rm -f ${runtime}`);
  });

  it("is there in a build", async () => {
    const file = "FROM busybox\\nRUN ip -4 -o address show eth0 >/address";
    await run(`mkdir -p /tmp/b && printf '${file}\\n' >/tmp/b/Dockerfile && docker build -q -t b /tmp/b`);
    expect(await run("docker run --rm --net none b cat /address")).toContain("172.17.0.");
  });

  it("joins user-defined networks, and other containers'", async () => {
    await run("docker network create n && docker run -d --name one --net n busybox httpd -f -h /etc");
    const host = await run("docker exec one hostname");
    expect(await run("docker run --rm --net n busybox wget -qO- one/hostname")).toBe(host);
    expect(await run("docker run --rm --net container:one busybox wget -qO- localhost/hostname")).toBe(host);
    await run("docker rm -f one && docker network rm n");
  });

  it("fails to start when the daemon's socket is away", async () => {
    const socket = "/var/run/docker/libnetwork/*.sock";
    await run(`for s in ${socket}; do mv $s $s.away; done`);
    const { status, stderr } = await machine.agent.run("docker run --rm busybox true");
    await run(`for s in ${socket}.away; do mv $s \${s%.away}; done`);
    expect(status).toBe(125);
    expect(stderr).toContain("error executing hook `/usr/local/sbin/drydock-runtime` (exit code: 1)");
    expect(await run("docker run --rm busybox echo again")).toBe("again");
  });
});
