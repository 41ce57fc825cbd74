/** podman against Docker Hub's face. It knows no mirror here: everything goes over TLS. */
import { afterAll, describe, expect, it } from "vitest";
import type { CommandResult } from "./command";
import { openHubNetwork } from "./hub-network";
import { makePodman, PODMAN } from "./podman";

const DENIED = "requested access to the resource is denied";

const { scratch, authority, inside, close } = await openHubNetwork("hub-podman", PODMAN);
afterAll(close);
const podman = await makePodman(scratch, { env: { SSL_CERT_FILE: authority }, inside });

describe("podman and docker.io", () => {
  const logIn = (name: string, password: string): Promise<CommandResult> =>
    podman.run(["login", "-u", name, "--password-stdin", "docker.io"], { input: password });
  it("pull and search", async () => {
    await podman.succeeds(["pull", "docker.io/library/web:1.0"]);
    expect(await podman.succeeds(["search", "docker.io/web"])).toContain("docker.io/acme/web");
  });
  it("login, and with a wrong password", async () => {
    expect((await logIn("pat", "secret")).output).toContain("Login Succeeded");
    expect((await logIn("pat", "other")).output).toContain("invalid username/password");
    expect((await logIn("pat", "secret")).output).toContain("Login Succeeded");
  });
  it("push to one's own namespace, and back", async () => {
    await podman.succeeds(["tag", "docker.io/library/web:1.0", "docker.io/pat/app:1.0"]);
    await podman.succeeds(["push", "docker.io/pat/app:1.0"]);
    await podman.succeeds(["rmi", "docker.io/pat/app:1.0"]);
    await podman.succeeds(["pull", "docker.io/pat/app:1.0"]);
  });
  it("push to another's namespace is denied", async () => {
    await podman.succeeds(["tag", "docker.io/pat/app:1.0", "docker.io/eve/app:1.0"]);
    await podman.fails(["push", "docker.io/eve/app:1.0"], DENIED);
  });
  it("what is not there", async () => {
    await podman.fails(["pull", "docker.io/library/web:none"], "manifest unknown");
    await podman.fails(["pull", "docker.io/library/none"], DENIED);
  });
  it("logout, and then a push is denied", async () => {
    await podman.succeeds(["logout", "docker.io"]);
    await podman.fails(["push", "docker.io/pat/app:1.0", "docker.io/pat/app:2.0"], DENIED);
  });
});
