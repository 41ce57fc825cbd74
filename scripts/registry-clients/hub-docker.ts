/** Docker's engine and command against Docker Hub's face and the private registry, with the words that people see. */
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { noise } from "../../worker/lan/testing/random";
import type { Check } from "./checks";
import { Client, expectIn, expectSame } from "./command";

const DENIED = "denied: requested access to the resource is denied";

export interface RunningDocker {
  readonly client: Client;
  stop(): Promise<void>;
}

/** Starts an engine that pulls through the mirror over plain HTTP, as the app's does. */
export async function startDocker(
  scratch: string,
  authority: string,
  registry: string,
): Promise<RunningDocker> {
  await mkdir(scratch, { recursive: true });
  const at = (name: string): string => join(scratch, name);
  const socket = `unix://${at("docker.sock")}`;
  await writeFile(
    at("daemon.json"),
    JSON.stringify({
      "storage-driver": "vfs",
      bridge: "none",
      iptables: false,
      "registry-mirrors": ["http://registry-1.docker.io"],
      "insecure-registries": [`${registry}:5000`, `${registry}:5001`],
    }),
  );
  const folders = ["--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("docker.pid")];
  const env = { HOME: scratch, DOCKER_CONFIG: at("config"), DOCKER_HOST: socket, SSL_CERT_FILE: authority };
  let log = "";
  const daemon = spawn("dockerd", ["--config-file", at("daemon.json"), "--host", socket, ...folders], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  daemon.stderr.on("data", (data: Buffer) => (log += data.toString()));
  const ended = new Promise<void>((resolve) => daemon.on("close", () => resolve()));
  const client = new Client(["docker"], { env });
  for (let tries = 0; (await client.run(["version"])).status !== 0; tries += 1) {
    if (daemon.exitCode !== null || tries === 120)
      throw new Error(`dockerd did not start: ${log.slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return {
    client,
    stop: async () => {
      daemon.kill("SIGTERM");
      await ended;
    },
  };
}

export function dockerChecks(docker: Client, scratch: string, registry: string): Check[] {
  const own = `${registry}:5000`;
  const small = `${registry}:5001`;
  const idOf = async (image: string): Promise<string> =>
    (await docker.succeeds(["image", "inspect", "--format", "{{.Id}}", image])).trim();
  const logIn = (name: string, password: string): Promise<string> =>
    docker.succeeds(["login", "-u", name, "--password-stdin"], { input: password });
  const importImage = async (name: string, size: number): Promise<void> => {
    const folder = join(scratch, `import-${size}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "noise"), noise(size));
    await new Client(["tar"]).succeeds(["-cf", `${folder}.tar`, "-C", folder, "."]);
    await docker.succeeds(["import", `${folder}.tar`, name]);
  };
  const comesBack = async (image: string): Promise<void> => {
    const id = await idOf(image);
    await docker.succeeds(["push", image]);
    await docker.succeeds(["rmi", image]);
    await docker.succeeds(["pull", image]);
    expectSame(await idOf(image), id, "image ID");
  };
  const check = (name: string, run: () => Promise<void>): Check => ({ client: "docker", name, run });

  return [
    check("pull through the mirror, without a login", async () => {
      const output = await docker.succeeds(["pull", "web"]);
      expectIn("Downloaded newer image for web:latest", output);
      await docker.succeeds(["pull", "acme/web"]);
      await docker.succeeds(["pull", "tools"]);
    }),
    check("pull of a tag that is not there", () =>
      docker.fails(
        ["pull", "web:none"],
        "manifest for web:none not found: manifest unknown: manifest unknown",
      ),
    ),
    check("pull of a repository that is not there", async () => {
      for (const name of ["none", "acme/none"]) {
        const words = `pull access denied for ${name}, repository does not exist or may require 'docker login'`;
        await docker.fails(["pull", name], `${words}: ${DENIED}`);
      }
    }),
    check("search, by stars", async () => {
      const format = ["--format", "{{.Name}} {{.StarCount}} {{.IsOfficial}} {{.Description}}"];
      const lines = (await docker.succeeds(["search", ...format, "web"])).trim().split("\n");
      expectIn("web 20000", lines[0] ?? "");
      expectIn("A sample web server.", lines[0] ?? "");
      expectIn("acme/web 100", lines[1] ?? "");
      const limited = await docker.succeeds(["search", "--limit", "1", "--format", "{{.Name}}", "web"]);
      expectSame(limited.trim(), "web", "limited");
    }),
    check("push without a login is denied", async () => {
      await docker.succeeds(["tag", "web", "bob/app:1.0"]);
      await docker.fails(["push", "bob/app:1.0"], DENIED);
    }),
    check("login, and with a wrong password", async () => {
      expectIn("Login Succeeded", await logIn("bob", "secret"));
      const wrong = await docker.run(["login", "-u", "bob", "--password-stdin"], { input: "other" });
      expectIn("unauthorized: incorrect username or password", wrong.output);
      const official = await docker.run(["login", "-u", "library", "--password-stdin"], { input: "x" });
      expectIn("unauthorized: incorrect username or password", official.output);
      expectIn("Login Succeeded", await logIn("bob", "secret"));
    }),
    check("push to one's own namespace, layers mounted, and back", async () => {
      expectIn("Mounted from library/web", await docker.succeeds(["push", "bob/app:1.0"]));
      await comesBack("bob/app:1.0");
    }),
    check("push of a new layer, and back", async () => {
      await importImage("bob/noise:1", 5_000_000);
      await comesBack("bob/noise:1");
    }),
    check("push to another's namespace is denied", async () => {
      await docker.succeeds(["tag", "web", "eve/app:1.0"]);
      await docker.fails(["push", "eve/app:1.0"], DENIED);
      await docker.fails(["push", "web"], DENIED);
    }),
    check("one's own repository before the first push", () =>
      docker.fails(["pull", "bob/new"], "manifest for bob/new:latest not found: manifest unknown"),
    ),
    check("logout, and then a push is denied", async () => {
      await docker.succeeds(["logout"]);
      await docker.fails(["push", "bob/noise:1"], DENIED);
      await docker.succeeds(["pull", "bob/noise:1"]);
    }),
    check("private registry: push, rmi, pull", async () => {
      for (const image of ["web", "bob/noise:1"]) {
        await docker.succeeds(["tag", image, `${own}/team/app:1.0`]);
        await comesBack(`${own}/team/app:1.0`);
      }
    }),
    check("private registry: layers of the catalogue need no sending", async () => {
      await docker.succeeds(["tag", "tools", `${own}/team/tools:1.0`]);
      expectIn("Layer already exists", await docker.succeeds(["push", `${own}/team/tools:1.0`]));
    }),
    check("private registry: pull from the catalogue, login, search, what is not there", async () => {
      await docker.succeeds(["pull", `${own}/library/web`]);
      await docker.succeeds(["login", "-u", "anybody", "--password-stdin", own], { input: "anything" });
      expectIn("team/app", await docker.succeeds(["search", `${own}/app`]));
      await docker.fails(["pull", `${own}/team/app:none`], "manifest unknown: manifest unknown");
      await docker.fails(["pull", `${own}/team/none`], "manifest unknown: manifest unknown");
    }),
    check("a full registry says so at once, and keeps what it has", async () => {
      await docker.succeeds(["tag", "web", `${small}/team/app:1.0`]);
      await docker.succeeds(["push", `${small}/team/app:1.0`]);
      await importImage(`${small}/team/noise:1`, 3_000_000);
      await docker.fails(["push", `${small}/team/noise:1`], "507", "storage is full");
      await comesBack(`${small}/team/app:1.0`);
    }),
  ];
}
