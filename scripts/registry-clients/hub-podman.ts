/** podman against Docker Hub's face. It knows no mirror here: everything goes over TLS. */
import type { Check } from "./checks";
import { expectIn } from "./command";
import { makePodman } from "./podman";

const DENIED = "requested access to the resource is denied";

export async function podmanHubChecks(scratch: string, authority: string): Promise<Check[]> {
  const podman = await makePodman(scratch, { SSL_CERT_FILE: authority });
  const check = (name: string, run: () => Promise<void>): Check => ({
    client: "podman",
    name: `docker.io: ${name}`,
    run,
  });
  const logIn = (name: string, password: string) =>
    podman.run(["login", "-u", name, "--password-stdin", "docker.io"], { input: password });
  return [
    check("pull and search", async () => {
      await podman.succeeds(["pull", "docker.io/library/web:1.0"]);
      expectIn("docker.io/acme/web", await podman.succeeds(["search", "docker.io/web"]));
    }),
    check("login, and with a wrong password", async () => {
      expectIn("Login Succeeded", (await logIn("pat", "secret")).output);
      expectIn("invalid username/password", (await logIn("pat", "other")).output);
      expectIn("Login Succeeded", (await logIn("pat", "secret")).output);
    }),
    check("push to one's own namespace, and back", async () => {
      await podman.succeeds(["tag", "docker.io/library/web:1.0", "docker.io/pat/app:1.0"]);
      await podman.succeeds(["push", "docker.io/pat/app:1.0"]);
      await podman.succeeds(["rmi", "docker.io/pat/app:1.0"]);
      await podman.succeeds(["pull", "docker.io/pat/app:1.0"]);
    }),
    check("push to another's namespace is denied", async () => {
      await podman.succeeds(["tag", "docker.io/pat/app:1.0", "docker.io/eve/app:1.0"]);
      await podman.fails(["push", "docker.io/eve/app:1.0"], DENIED);
    }),
    check("what is not there", async () => {
      await podman.fails(["pull", "docker.io/library/web:none"], "manifest unknown");
      await podman.fails(["pull", "docker.io/library/none"], DENIED);
    }),
    check("logout, and then a push is denied", async () => {
      await podman.succeeds(["logout", "docker.io"]);
      await podman.fails(["push", "docker.io/pat/app:1.0", "docker.io/pat/app:2.0"], DENIED);
    }),
  ];
}
