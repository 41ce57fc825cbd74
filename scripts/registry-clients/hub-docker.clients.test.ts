/** Docker's engine and command against Docker Hub's face and the private registry, with the words that people see. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { noise } from "../../worker/lan/testing/random";
import { SHELL } from "./command";
import { startDocker } from "./docker";
import { openHubNetwork, PRIVATE_NAME } from "./hub-network";

const DENIED = "denied: requested access to the resource is denied";

const network = await openHubNetwork("hub-docker");
afterAll(network.close);
const docker = await startDocker(network);

describe("docker", () => {
  const own = `${PRIVATE_NAME}:5000`;
  const small = `${PRIVATE_NAME}:5001`;
  const idOf = async (image: string): Promise<string> =>
    (await docker.succeeds(["image", "inspect", "--format", "{{.Id}}", image])).trim();
  const logIn = (name: string, password: string): Promise<string> =>
    docker.succeeds(["login", "-u", name, "--password-stdin"], { input: password });
  const importImage = async (name: string, size: number): Promise<void> => {
    const folder = join(network.scratch, `import-${size}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "noise"), noise(size));
    await SHELL.succeeds(["tar", "-cf", `${folder}.tar`, "-C", folder, "."]);
    await docker.succeeds(["import", `${folder}.tar`, name]);
  };
  const comesBack = async (image: string): Promise<void> => {
    const id = await idOf(image);
    await docker.succeeds(["push", image]);
    await docker.succeeds(["rmi", image]);
    await docker.succeeds(["pull", image]);
    expect(await idOf(image), "image ID").toBe(id);
  };

  it("pull through the mirror, without a login", async () => {
    const output = await docker.succeeds(["pull", "web"]);
    expect(output).toContain("Downloaded newer image for web:latest");
    await docker.succeeds(["pull", "acme/web"]);
    await docker.succeeds(["pull", "tools"]);
  });
  it("pull of a tag that is not there", () =>
    docker.fails(
      ["pull", "web:none"],
      "manifest for web:none not found: manifest unknown: manifest unknown",
    ));
  it("pull of a repository that is not there", async () => {
    for (const name of ["none", "acme/none"]) {
      const words = `pull access denied for ${name}, repository does not exist or may require 'docker login'`;
      await docker.fails(["pull", name], `${words}: ${DENIED}`);
    }
  });
  it("search, by stars", async () => {
    const format = ["--format", "{{.Name}} {{.StarCount}} {{.IsOfficial}} {{.Description}}"];
    const lines = (await docker.succeeds(["search", ...format, "web"])).trim().split("\n");
    expect(lines[0] ?? "").toContain("web 20000");
    expect(lines[0] ?? "").toContain("A sample web server.");
    expect(lines[1] ?? "").toContain("acme/web 100");
    const limited = await docker.succeeds(["search", "--limit", "1", "--format", "{{.Name}}", "web"]);
    expect(limited.trim(), "limited").toBe("web");
  });
  it("push without a login is denied", async () => {
    await docker.succeeds(["tag", "web", "bob/app:1.0"]);
    await docker.fails(["push", "bob/app:1.0"], DENIED);
  });
  it("login, and with a wrong password", async () => {
    expect(await logIn("bob", "secret")).toContain("Login Succeeded");
    const wrong = await docker.run(["login", "-u", "bob", "--password-stdin"], { input: "other" });
    expect(wrong.output).toContain("unauthorized: incorrect username or password");
    const official = await docker.run(["login", "-u", "library", "--password-stdin"], { input: "x" });
    expect(official.output).toContain("unauthorized: incorrect username or password");
    expect(await logIn("bob", "secret")).toContain("Login Succeeded");
  });
  it("push to one's own namespace, layers mounted, and back", async () => {
    expect(await docker.succeeds(["push", "bob/app:1.0"])).toContain("Mounted from library/web");
    await comesBack("bob/app:1.0");
  });
  it("push of a new layer, and back", async () => {
    await importImage("bob/noise:1", 5_000_000);
    await comesBack("bob/noise:1");
  });
  it("push to another's namespace is denied", async () => {
    await docker.succeeds(["tag", "web", "eve/app:1.0"]);
    await docker.fails(["push", "eve/app:1.0"], DENIED);
    await docker.fails(["push", "web"], DENIED);
  });
  it("one's own repository before the first push", () =>
    docker.fails(["pull", "bob/new"], "manifest for bob/new:latest not found: manifest unknown"));
  it("logout, and then a push is denied", async () => {
    await docker.succeeds(["logout"]);
    await docker.fails(["push", "bob/noise:1"], DENIED);
    await docker.succeeds(["pull", "bob/noise:1"]);
  });
  it("private registry: push, rmi, pull", async () => {
    for (const image of ["web", "bob/noise:1"]) {
      await docker.succeeds(["tag", image, `${own}/team/app:1.0`]);
      await comesBack(`${own}/team/app:1.0`);
    }
  });
  it("private registry: layers of the catalogue need no sending", async () => {
    await docker.succeeds(["tag", "tools", `${own}/team/tools:1.0`]);
    expect(await docker.succeeds(["push", `${own}/team/tools:1.0`])).toContain("Layer already exists");
  });
  it("private registry: pull from the catalogue, login, search, what is not there", async () => {
    await docker.succeeds(["pull", `${own}/library/web`]);
    await docker.succeeds(["login", "-u", "anybody", "--password-stdin", own], { input: "anything" });
    expect(await docker.succeeds(["search", `${own}/app`])).toContain("team/app");
    await docker.fails(["pull", `${own}/team/app:none`], "manifest unknown: manifest unknown");
    await docker.fails(["pull", `${own}/team/none`], "manifest unknown: manifest unknown");
  });
  it("a full registry says so at once, and keeps what it has", async () => {
    await docker.succeeds(["tag", "web", `${small}/team/app:1.0`]);
    await docker.succeeds(["push", `${small}/team/app:1.0`]);
    await importImage(`${small}/team/noise:1`, 3_000_000);
    await docker.fails(["push", `${small}/team/noise:1`], "507", "storage is full");
    await comesBack(`${small}/team/app:1.0`);
  });
});
