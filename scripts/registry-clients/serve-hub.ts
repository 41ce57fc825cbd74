/**
 * What runs inside the namespaces of hub-network.ts: `serve-hub.ts SCRATCH`. Serves Docker Hub on ports 80 and 443, a
 * private registry on 5000 and one with little room on 5001. When it is ready it prints the file of its authority.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createMemoryStorage } from "../../worker/hub/storage/memory-store";
import { catalogueOf, makeImage } from "../../worker/hub/testing/sample-images";
import { serve } from "../../worker/hub/node/serve";
import { createDockerHub, createPrivateRegistry } from "../../worker/hub/profiles";
import { SHELL } from "./command";
import { PRIVATE_NAME } from "./hub-network";

const HUB_NAMES = ["registry-1.docker.io", "auth.docker.io", "index.docker.io", "docker.io"];
/** Room for the small images, and not for the one of 3 MB. */
const SMALL_QUOTA = 1_000_000;

/** Certificates for the hub's names by an authority that only these programs trust. */
async function makeCertificates(folder: string): Promise<{ key: string; cert: string; authority: string }> {
  await mkdir(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await writeFile(at("names"), `subjectAltName=${HUB_NAMES.map((name) => `DNS:${name}`).join(",")}\n`);
  await SHELL.succeeds(["openssl", "req", "-x509", ...curve, "-keyout", at("ca.key"), "-out", at("ca.pem"), "-subj", "/CN=scratch authority", "-days", "2"]); // prettier-ignore
  await SHELL.succeeds(["openssl", "req", ...curve, "-keyout", at("key.pem"), "-out", at("request.pem"), "-subj", "/CN=hub"]); // prettier-ignore
  await SHELL.succeeds(["openssl", "x509", "-req", "-in", at("request.pem"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-out", at("cert.pem"), "-days", "2", "-extfile", at("names")]); // prettier-ignore
  const [key, cert] = [await readFile(at("key.pem"), "utf8"), await readFile(at("cert.pem"), "utf8")];
  return { key, cert, authority: at("ca.pem") };
}

async function serveAll(tls: { readonly key: string; readonly cert: string }): Promise<void> {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const base = { "/etc/motd": "The base.\n" };
  const web = await makeImage({ layers: [base, { "/srv/index.html": "Welcome!" }], architecture });
  const tools = await makeImage({ layers: [base, { "/bin/tool": "#!/bin/sh\n" }], architecture });
  const catalogue = catalogueOf([
    { name: "library/web", tags: { latest: web, "1.0": web }, description: "A sample web server.", stars: 20_000, official: true }, // prettier-ignore
    {
      name: "library/tools",
      tags: { latest: tools },
      description: "Sample tools.",
      stars: 3_000,
      official: true,
    },
    { name: "acme/web", tags: { latest: web }, description: "Web, by Acme.", stars: 100 },
  ]);
  const onFailure = (error: Error): void => console.error(error.message);
  const common = { catalogue, now: () => Date.now(), onFailure };
  const storage = createMemoryStorage();
  const hub = createDockerHub({ ...common, storage });
  const open = createPrivateRegistry({ ...common, storage });
  const small = createPrivateRegistry({ ...common, storage: createMemoryStorage(SMALL_QUOTA) });
  const listen = { host: "127.0.0.1", onError: (error: unknown) => console.error(error) };
  await serve(hub.handle, { ...listen, port: 80 });
  await serve(hub.handle, { ...listen, port: 443, tls });
  await serve(open.handle, { ...listen, port: 5000 });
  await serve(small.handle, { ...listen, port: 5001 });
}

async function main(scratch: string): Promise<void> {
  await SHELL.succeeds(["ip", "link", "set", "lo", "up"]);
  const hosts = join(scratch, "hosts");
  await writeFile(hosts, `127.0.0.1 localhost ${[...HUB_NAMES, PRIVATE_NAME].join(" ")}\n`);
  await SHELL.succeeds(["mount", "--bind", hosts, "/etc/hosts"]);
  const { key, cert, authority } = await makeCertificates(join(scratch, "tls"));
  await serveAll({ key, cert });
  console.log(authority);
}

await main(process.argv[2] ?? "");
