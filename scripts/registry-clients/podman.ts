/** podman, with its storage in a scratch folder and no container ever run. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "./checks";
import { Client, expectIn, expectSame } from "./command";
import type { Samples } from "./samples";
import type { Target } from "./target";

/** podman with everything that it writes inside `scratch`. */
export async function makePodman(
  scratch: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Client> {
  await mkdir(join(scratch, "run"), { recursive: true });
  const authFile = join(scratch, "auth.json");
  await writeFile(authFile, "{}");
  const flags = ["--root", join(scratch, "root"), "--runroot", join(scratch, "runroot")];
  const settings = ["--storage-driver", "vfs", "--events-backend", "none", "--cgroup-manager", "cgroupfs"];
  const own = { HOME: scratch, XDG_RUNTIME_DIR: join(scratch, "run"), REGISTRY_AUTH_FILE: authFile };
  return new Client(["podman", ...flags, ...settings], { env: { ...own, ...env } });
}

export async function podmanChecks(target: Target, samples: Samples, scratch: string): Promise<Check[]> {
  const podman = await makePodman(scratch);
  const { host, namespace, credentials } = target;
  const insecure = "--tls-verify=false";
  const at = (image: string): string => `${host}/${namespace}/podman-${image}`;
  const { name, password } = credentials ?? { name: "anybody", password: "anything" };
  const idOf = async (image: string): Promise<string> =>
    (await podman.succeeds(["image", "inspect", "--format", "{{.Id}}", image])).trim();
  const check = (title: string, run: () => Promise<void>): Check => ({ client: "podman", name: title, run });
  return [
    check("login", async () => {
      await podman.succeeds(["login", insecure, "-u", name, "--password-stdin", host], { input: password });
    }),
    check("push, rmi, pull: the same image comes back", async () => {
      const loaded = (await podman.succeeds(["pull", "-q", samples.sources.plain])).trim();
      await podman.succeeds(["tag", loaded, at("app:1.0")]);
      await podman.succeeds(["push", insecure, at("app:1.0")]);
      await podman.succeeds(["rmi", "--all", "--force"]);
      await podman.succeeds(["pull", insecure, at("app:1.0")]);
      expectSame(await idOf(at("app:1.0")), samples.plain.config.slice(7), "image ID");
    }),
    check("push of layers that are there already, under another tag and name", async () => {
      await podman.succeeds(["tag", at("app:1.0"), at("app:2.0"), at("copy:1.0")]);
      await podman.succeeds(["push", insecure, at("app:2.0")]);
      await podman.succeeds(["push", insecure, at("copy:1.0")]);
    }),
    check("push in Docker's format", async () => {
      await podman.succeeds(["push", insecure, "--format", "v2s2", at("app:1.0"), at("docker-format:1.0")]);
      await podman.succeeds(["pull", insecure, at("docker-format:1.0")]);
    }),
    check("build on a pulled image, push and pull", async () => {
      const context = join(scratch, "context");
      await mkdir(context, { recursive: true });
      await writeFile(
        join(context, "Containerfile"),
        `FROM ${at("app:1.0")}\nCOPY page /srv/page\nCMD ["/bin/app"]\n`,
      );
      await writeFile(join(context, "page"), "built");
      await podman.succeeds(["build", insecure, "--isolation", "chroot", "-t", at("built:1.0"), context]);
      const id = await idOf(at("built:1.0"));
      await podman.succeeds(["push", insecure, at("built:1.0")]);
      await podman.succeeds(["rmi", "--force", at("built:1.0")]);
      await podman.succeeds(["pull", insecure, at("built:1.0")]);
      expectSame(await idOf(at("built:1.0")), id, "image ID");
    }),
    check("manifest list: create, push, inspect", async () => {
      await podman.succeeds(["manifest", "create", at("multi:1.0")]);
      await podman.succeeds(["manifest", "add", insecure, at("multi:1.0"), `docker://${at("app:1.0")}`]);
      await podman.succeeds([
        "manifest",
        "push",
        insecure,
        "--all",
        at("multi:1.0"),
        `docker://${at("multi:1.0")}`,
      ]);
      await podman.succeeds(["manifest", "rm", at("multi:1.0")]);
      await podman.succeeds(["pull", insecure, at("multi:1.0")]);
      expectSame(await idOf(at("multi:1.0")), samples.plain.config.slice(7), "image ID");
    }),
    check("search", async () => {
      const found = await podman.succeeds([
        "search",
        insecure,
        "--format",
        "{{.Name}}",
        `${host}/podman-copy`,
      ]);
      expectIn(at("copy"), found);
    }),
    check("search --list-tags", async () => {
      const found = await podman.succeeds(["search", insecure, "--list-tags", at("app")]);
      for (const tag of ["1.0", "2.0"]) expectIn(` ${tag}\n`, found);
    }),
    check("pull of what is not there", async () => {
      await podman.fails(["pull", insecure, at("app:none")], "manifest unknown");
    }),
    check("logout", async () => {
      await podman.succeeds(["logout", host]);
    }),
  ];
}
