/** podman: login, both ways, a build, and lists. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openRegistry } from "./open-registry";
import { makePodman, PODMAN } from "./podman";

const { target, samples, scratch, close } = await openRegistry("podman", PODMAN);
afterAll(close);
const podman = await makePodman(scratch);

describe("podman", () => {
  const { host, namespace, credentials } = target;
  const insecure = "--tls-verify=false";
  const at = (image: string): string => `${host}/${namespace}/podman-${image}`;
  const { name, password } = credentials ?? { name: "anybody", password: "anything" };
  const idOf = async (image: string): Promise<string> =>
    (await podman.succeeds(["image", "inspect", "--format", "{{.Id}}", image])).trim();
  it("login", async () => {
    await podman.succeeds(["login", insecure, "-u", name, "--password-stdin", host], { input: password });
  });
  it("push, rmi, pull: the same image comes back", async () => {
    const loaded = (await podman.succeeds(["pull", "-q", samples.sources.plain])).trim();
    await podman.succeeds(["tag", loaded, at("app:1.0")]);
    await podman.succeeds(["push", insecure, at("app:1.0")]);
    await podman.succeeds(["rmi", "--all", "--force"]);
    await podman.succeeds(["pull", insecure, at("app:1.0")]);
    expect(await idOf(at("app:1.0")), "image ID").toBe(samples.plain.config.slice(7));
  });
  it("push of layers that are there already, under another tag and name", async () => {
    await podman.succeeds(["tag", at("app:1.0"), at("app:2.0"), at("copy:1.0")]);
    await podman.succeeds(["push", insecure, at("app:2.0")]);
    await podman.succeeds(["push", insecure, at("copy:1.0")]);
  });
  it("push in Docker's format", async () => {
    await podman.succeeds(["push", insecure, "--format", "v2s2", at("app:1.0"), at("docker-format:1.0")]);
    await podman.succeeds(["pull", insecure, at("docker-format:1.0")]);
  });
  it("build on a pulled image, push and pull", async () => {
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
    expect(await idOf(at("built:1.0")), "image ID").toBe(id);
  });
  it("manifest list: create, push, inspect", async () => {
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
    expect(await idOf(at("multi:1.0")), "image ID").toBe(samples.plain.config.slice(7));
  });
  it("search", async () => {
    const found = await podman.succeeds(["search", insecure, "--format", "{{.Name}}", `${host}/podman-copy`]);
    expect(found).toContain(at("copy"));
  });
  it("search --list-tags", async () => {
    const found = await podman.succeeds(["search", insecure, "--list-tags", at("app")]);
    for (const tag of ["1.0", "2.0"]) expect(found).toContain(` ${tag}\n`);
  });
  it("pull of what is not there", async () => {
    await podman.fails(["pull", insecure, at("app:none")], "manifest unknown");
  });
  it("logout", async () => {
    await podman.succeeds(["logout", host]);
  });
});
