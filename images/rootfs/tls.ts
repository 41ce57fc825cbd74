/**
 * TLS for the names that Docker insists on speaking it with: stunnel, which decrypts inside the machine for the
 * registry outside, and a certificate from an authority that only this machine trusts. The authority may name nothing
 * but docker.io, and its key is gone when the disk is built.
 */
import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Material } from "../debian/inputs";
import type { StageContext } from "../pipeline/stage";

/** The package of the program that ends TLS. */
export const TERMINATOR = "stunnel4";

/** As worker/machine/registries.ts names them. */
const NAMES = ["registry-1.docker.io", "auth.docker.io", "index.docker.io", "docker.io"];
/** Until long after anybody's clock. From the day of the disk's own files, so that a clock that is behind does not matter. */
const VALIDITY = ["-not_before", "20250809000000Z", "-not_after", "20991231235959Z"];
/**
 * Every one of Docker's requests is a connection of its own, with a handshake that Go and OpenSSL work out on i386. Both
 * ends together take a fifth less time with Ed25519 than with ECDSA on P-256, and a quarter less than with RSA 2048.
 */
const NEW_KEY = ["-newkey", "ed25519", "-noenc"];

/**
 * Puts stunnel's program into the tree: its package wants systemd and all of Perl, for scripts that nobody runs here.
 * @returns package name to version
 */
export async function addTerminator(
  { work, run }: StageContext,
  root: string,
  material: Material,
): Promise<Record<string, string>> {
  const folder = join(work, "stunnel");
  const stunnel = material.packages.find((file) => file.package === TERMINATOR);
  if (stunnel === undefined) throw new Error(`nothing was fetched of ${TERMINATOR}`);
  await run("dpkg-deb", ["--extract", material.path(stunnel), folder]);
  const program = join(root, "usr/bin/stunnel4");
  await copyFile(join(folder, "usr/bin/stunnel4"), program);
  await chmod(program, 0o755);
  const papers = "usr/share/doc/stunnel4";
  await mkdir(join(root, papers), { recursive: true });
  await copyFile(join(folder, papers, "copyright"), join(root, papers, "copyright"));
  return { [stunnel.package]: stunnel.version };
}

/** Makes the authority and the certificate with the guest's own OpenSSL, and has the guest trust them. */
export async function addCertificates({ run }: StageContext, root: string): Promise<void> {
  const folder = "/etc/stunnel";
  const at = (name: string): string => `${folder}/${name}`;
  const inGuest = (...command: string[]): Promise<string> => run("chroot", [root, ...command]);
  await mkdir(join(root, folder), { recursive: true });
  const authority = [
    "basicConstraints=critical,CA:TRUE,pathlen:0",
    "keyUsage=critical,keyCertSign,cRLSign",
    "nameConstraints=critical,permitted;DNS:docker.io",
  ];
  const leaf = [
    "basicConstraints=critical,CA:FALSE",
    "keyUsage=critical,digitalSignature",
    "extendedKeyUsage=serverAuth",
    `subjectAltName=${NAMES.map((name) => `DNS:${name}`).join(",")}`,
  ];
  const extensions = (lines: string[]): string[] => lines.flatMap((line) => ["-addext", line]);
  const config = join(root, at("openssl.cnf"));
  // OpenSSL's own configuration would add extensions of its own.
  await writeFile(config, "[req]\ndistinguished_name=name\n[name]\n");
  const request = ["openssl", "req", "-config", at("openssl.cnf"), "-x509", ...NEW_KEY, ...VALIDITY];
  await inGuest(
    ...request,
    ...["-keyout", at("ca.key"), "-out", at("ca.crt"), "-subj", "/O=Drydock/CN=Drydock, this machine only"],
    ...extensions(authority),
  );
  await inGuest(
    ...request,
    ...["-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-keyout", at("hub.key"), "-out", at("hub.crt")],
    ...["-subj", "/O=Drydock/CN=registry-1.docker.io"],
    ...extensions(leaf),
  );
  await rm(join(root, at("ca.key")));
  await rm(config);
  await chmod(join(root, at("hub.key")), 0o600);
  await copyFile(join(root, at("ca.crt")), join(root, "usr/local/share/ca-certificates/drydock.crt"));
  await rm(join(root, at("ca.crt")));
  await inGuest("update-ca-certificates");
}
