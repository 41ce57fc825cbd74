/** Docker's engine, pulling through the mirror over plain HTTP as the app's does. */
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defaultCacheFolder } from "../../images/pipeline/cache";
import { Client, SHELL } from "./command";
import { type HubNetwork, PRIVATE_NAME } from "./hub-network";

/** The engine is only unpacked: installing its package would start a daemon on this machine. */
const PACKAGES = ["docker.io", "docker-cli", "containerd", "runc"];

/**
 * Starts an engine in the network; it ends with it.
 * @returns its command line
 * @throws Error with the engine's log when it does not come up
 */
export async function startDocker({ scratch, authority, inside }: HubNetwork): Promise<Client> {
  const programs = await unpackDocker();
  const at = (name: string): string => join(scratch, name);
  const socket = `unix://${at("docker.sock")}`;
  await writeFile(
    at("daemon.json"),
    JSON.stringify({
      "storage-driver": "vfs",
      bridge: "none",
      iptables: false,
      "registry-mirrors": ["http://registry-1.docker.io"],
      "insecure-registries": [`${PRIVATE_NAME}:5000`, `${PRIVATE_NAME}:5001`],
    }),
  );
  const folders = ["--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("docker.pid")];
  const env = {
    PATH: `${programs}/usr/bin:${programs}/usr/sbin:${process.env["PATH"] ?? ""}`,
    HOME: scratch,
    DOCKER_CONFIG: at("config"),
    DOCKER_HOST: socket,
    SSL_CERT_FILE: authority,
  };
  const [enter = "env", ...into] = inside;
  const flags = ["--config-file", at("daemon.json"), "--host", socket, ...folders];
  const daemon = spawn(enter, [...into, "dockerd", ...flags], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  let log = "";
  daemon.stderr.on("data", (data: Buffer) => (log += data.toString()));
  const client = new Client([...inside, "docker"], { env });
  for (let tries = 0; (await client.run(["version"])).status !== 0; tries += 1) {
    if (daemon.exitCode !== null || tries === 120)
      throw new Error(`dockerd did not start: ${log.slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return client;
}

/** The folder with Docker's programs under `usr/`. */
async function unpackDocker(): Promise<string> {
  const folder = join(defaultCacheFolder(), "clients", "docker");
  if ((await SHELL.run(["test", "-x", join(folder, "usr/sbin/dockerd")])).status === 0) return folder;
  console.error(`unpacking Docker's engine into ${folder}`);
  await mkdir(folder, { recursive: true });
  const names = new Set((await SHELL.succeeds(["apt-cache", "pkgnames"])).split("\n"));
  const packages = PACKAGES.filter((name) => names.has(name));
  const options = { cwd: folder };
  await SHELL.succeeds(["apt-get", "-o", "APT::Sandbox::User=root", "download", ...packages], options);
  await SHELL.succeeds(["sh", "-ec", 'for deb in *.deb; do dpkg-deb -x "$deb" .; rm "$deb"; done'], options);
  return folder;
}
