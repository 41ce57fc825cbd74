/** Docker in the guest against the registries of its network: the commands of the notes, and the words that people see. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RegistryError } from "../hub/errors";
import { createMemoryStorage } from "../hub/storage/memory-store";
import { catalogueOf, makeImage, type SampleImage } from "../hub/testing/sample-images";
import { pattern } from "../lan/testing/random";
import type { Machine } from "../machine/machine";
import { restoreInNode } from "./machine-in-node";
import { builtGuest } from "./testing/built-guest";

const MIB = 1024 * 1024;
const DENIED = "denied: requested access to the resource is denied";
const OWN = "registry.drydock.local:5000";

let machine: Machine;
let large: SampleImage;
const failures: RegistryError[] = [];

beforeAll(async () => {
  const web = await makeImage({ layers: [{ "/bin/base": "base" }, { "/bin/web": "web" }] });
  large = await makeImage({ layers: [{ "/large": pattern(0, 16 * MIB) }] });
  const catalogue = catalogueOf([
    { name: "library/web", tags: { latest: web, "1.0": web }, description: "A sample.", stars: 20_000, official: true }, // prettier-ignore
    { name: "acme/web", tags: { latest: web }, description: "Web, by Acme.", stars: 100 },
    { name: "library/large", tags: { latest: large } },
  ]);
  machine = await restoreInNode(builtGuest(), undefined, {
    registries: {
      storage: createMemoryStorage(),
      catalogue,
      onFailure: (error) => failures.push(error),
    },
  });
});

afterAll(() => machine.destroy());

async function run(command: string): Promise<{ readonly status: number; readonly output: string }> {
  const { status, stdout } = await machine.agent.run(command, { mergeStderr: true });
  return { status, output: stdout };
}

async function succeeds(command: string): Promise<string> {
  const { status, output } = await run(command);
  if (status !== 0) throw new Error(`${command}: status ${status}\n${output}`);
  return output;
}

async function fails(command: string): Promise<string> {
  const { status, output } = await run(command);
  if (status === 0) throw new Error(`${command} succeeded:\n${output}`);
  return output;
}

const idOf = (image: string): Promise<string> => succeeds(`docker image inspect -f '{{.Id}}' ${image}`);

describe("Docker Hub, from the guest", () => {
  it("is there over TLS that the system trusts, and nobody else is there", async () => {
    const output = await succeeds(
      "curl -sS -o /dev/null -w '%{http_code} %{ssl_verify_result}' https://registry-1.docker.io/v2/",
    );
    expect(output).toBe("401 0");
    expect(await fails("curl -sS http://example.com/")).toContain("Could not resolve host: example.com");
    expect(await fails("curl -sS https://10.0.2.3/")).toContain("no alternative certificate subject name");
  });

  it("gives images without a login", async () => {
    expect(await succeeds("docker pull web")).toContain("Status: Downloaded newer image for web:latest");
    expect(await succeeds("docker pull acme/web")).toContain("docker.io/acme/web:latest");
  });

  it("says what it does not have", async () => {
    const words = "manifest for web:none not found: manifest unknown: manifest unknown";
    expect(await fails("docker pull web:none")).toContain(words);
    const access = "pull access denied for none, repository does not exist or may require 'docker login'";
    expect(await fails("docker pull none")).toContain(`${access}: ${DENIED}`);
  });

  it("is searched", async () => {
    const format = "--format '{{.Name}} {{.StarCount}} {{.IsOfficial}}'";
    expect(await succeeds(`docker search ${format} web`)).toMatch(/^web 20000 .*\nacme\/web 100 /);
    expect((await succeeds(`docker search --limit 1 ${format} web`)).trim().split("\n")).toHaveLength(1);
    const official = await succeeds(`docker search --filter is-official=true ${format} web`);
    expect(official.trim().split("\n")).toHaveLength(1);
    expect(official).toMatch(/^web /);
  });

  it("takes no push without a login, and takes one's own after it", async () => {
    await succeeds("docker tag web bob/new-repo:1.0; docker tag web amy/new-repo:1.0");
    expect(await fails("docker push bob/new-repo:1.0")).toContain(DENIED);
    expect(await succeeds("docker login -u bob -p secret")).toContain("Login Succeeded");
    expect(await succeeds("docker push bob/new-repo:1.0")).toMatch(
      /1\.0: digest: sha256:[0-9a-f]{64} size: \d+/,
    );
    expect(await fails("docker push amy/new-repo:1.0")).toContain(DENIED);
  });

  it("gives back what was pushed", async () => {
    const id = await idOf("bob/new-repo:1.0");
    await succeeds("docker rmi bob/new-repo:1.0 amy/new-repo:1.0 web acme/web");
    await succeeds("docker pull bob/new-repo:1.0");
    expect(await idOf("bob/new-repo:1.0")).toBe(id);
  });

  it("knows a wrong password, and forgets at logout", async () => {
    expect(await succeeds("docker logout")).toContain("Removing login credentials");
    const wrong = await fails("docker login -u bob -p wrong");
    expect(wrong).toContain("unauthorized: incorrect username or password");
    expect(await fails("docker push bob/new-repo:1.0")).toContain(DENIED);
  });

  it("asks for name and password at a terminal", async () => {
    const typed = `script -qec 'docker login' /dev/null < <(sleep 2; echo bob; sleep 2; echo secret; sleep 4)`;
    const output = await succeeds(typed);
    expect(output).toContain("Username: ");
    expect(output).toContain("Password: ");
    expect(output).toContain("Login Succeeded");
    await succeeds("docker logout");
  });

  it("gives a build its base image", async () => {
    await succeeds(
      "mkdir -p /tmp/build; printf 'FROM acme/web\\nCOPY Dockerfile /\\n' >/tmp/build/Dockerfile",
    );
    await succeeds("docker build -q -t built /tmp/build");
    expect(await succeeds("docker image inspect -f '{{len .RootFS.Layers}}' built")).toBe("3\n");
  });
});

describe("the private registry, from the guest", () => {
  it("takes and gives an image without a login", async () => {
    await succeeds(`docker tag bob/new-repo:1.0 ${OWN}/team/app:1.0; docker push ${OWN}/team/app:1.0`);
    const id = await idOf(`${OWN}/team/app:1.0`);
    await succeeds(`docker rmi ${OWN}/team/app:1.0 bob/new-repo:1.0`);
    await succeeds(`docker pull ${OWN}/team/app:1.0`);
    expect(await idOf(`${OWN}/team/app:1.0`)).toBe(id);
    expect(JSON.parse(await succeeds(`curl -sS http://${OWN}/v2/team/app/tags/list`))).toEqual({
      name: "team/app",
      tags: ["1.0"],
    });
  });

  it("says what it does not have", async () => {
    expect(await fails(`docker pull ${OWN}/team/app:2.0`)).toContain("manifest unknown");
    expect(await fails(`docker pull ${OWN}/team/none`)).toContain("not found");
  });

  it("takes a layer of its own", async () => {
    await succeeds("head -c 3000000 /dev/urandom >/tmp/noise; tar -C /tmp -c noise | docker import - noise");
    await succeeds(`docker tag noise ${OWN}/noise; docker push ${OWN}/noise`);
    const id = await idOf("noise");
    await succeeds(`docker rmi noise ${OWN}/noise; docker pull ${OWN}/noise`);
    expect(await idOf(`${OWN}/noise`)).toBe(id);
  });
});

describe("the wire", () => {
  it("brings 16 MiB whole to a reader that sleeps in the middle", async () => {
    const [digest = ""] = large.layers;
    const url = `http://${OWN}/v2/library/large/blobs/${digest}`;
    const reader = "(head -c 8388608; sleep 10; cat)";
    const sum = await succeeds(`curl -sS ${url} | ${reader} | sha256sum`);
    const bytes = large.blobs.get(digest as typeof large.config);
    expect(sum.slice(0, 64)).toBe(
      createHash("sha256")
        .update(bytes ?? "")
        .digest("hex"),
    );
    expect(digest).toBe(`sha256:${sum.slice(0, 64)}`);
  });

  it("carries 200 connections at once, and nothing stays", async () => {
    const url = `http://${OWN}/v2/`;
    const output = await succeeds(
      `curl -sS -Z --parallel-max 200 --parallel-immediate -w '%{http_code}\\n' -H 'Connection: close' $(yes -- '-o /dev/null ${url}' | head -200) 2>/dev/null | sort | uniq -c`,
    );
    expect(output.trim()).toBe("200 200");
    await succeeds(
      `for round in $(seq 10); do curl -sS -o /dev/null -H 'Connection: close' '${url}?[1-50]'; done`,
    );
    // Docker keeps the connection of its last pull for 90 s (Go's `DefaultTransport.IdleConnTimeout`).
    const deadline = Date.now() + 120_000;
    while (machine.lan.figures().connections > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(machine.lan.figures().connections).toBe(0);
    expect(machine.lan.figures().framesDropped).toBe(0);
  });

  it("had no failure of its own", () => {
    expect(failures).toEqual([]);
  });
});
