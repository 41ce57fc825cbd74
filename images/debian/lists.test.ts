import { expect, it } from "vitest";
import { parsePackageUris, parseSources, parseUris } from "./lists";
import { parseCodename, selectNetworkOptions } from "./private-apt";

it("reads the code name, quoted or not", () => {
  expect(parseCodename('NAME="Debian"\nVERSION_CODENAME=bookworm\nID=debian\n')).toBe("bookworm");
  expect(parseCodename('VERSION_CODENAME="trixie"\n')).toBe("trixie");
  expect(parseCodename("NAME=Other\n")).toBe("");
});

it("takes over apt's proxies and nothing else", () => {
  const dump = [
    'APT "";',
    'Acquire::http::Proxy "http://proxy.test:3128";',
    'Acquire::https::Proxy "";',
    'Acquire::http::Proxy::mirror.test "DIRECT";',
    'Acquire::Retries "3";',
    'DPkg::Post-Invoke:: "rm -f /x";',
  ].join("\n");
  expect(selectNetworkOptions(dump)).toEqual([
    'Acquire::http::Proxy "http://proxy.test:3128";',
    'Acquire::http::Proxy::mirror.test "DIRECT";',
  ]);
});

const DIGEST = "a".repeat(64);

it("reads what apt would fetch, with versions as they are and not as file names write them", () => {
  const output = [
    "Reading package lists...",
    `'http://mirror.test/debian/pool/main/g/glibc/libc6_2.41-12%2bdeb13u5_i386.deb' libc6_2.41-12+deb13u5_i386.deb 2720280 SHA256:${DIGEST}`,
    `'http://mirror.test/debian/pool/main/r/redis/redis-tools_8.0.2-3_i386.deb' redis-tools_5%3a8.0.2-3_i386.deb 12 SHA256:${DIGEST}`,
    "'http://mirror.test/x_1_i386.deb' x_1_i386.deb 12 MD5Sum:abc",
    "E: Unable to locate package nothing",
  ].join("\n");
  expect(parsePackageUris(output)).toEqual([
    {
      name: "libc6_2.41-12+deb13u5_i386.deb",
      uri: "http://mirror.test/debian/pool/main/g/glibc/libc6_2.41-12%2bdeb13u5_i386.deb",
      bytes: 2720280,
      sha256: DIGEST,
      package: "libc6",
      version: "2.41-12+deb13u5",
    },
    {
      name: "redis-tools_5%3a8.0.2-3_i386.deb",
      uri: "http://mirror.test/debian/pool/main/r/redis/redis-tools_8.0.2-3_i386.deb",
      bytes: 12,
      sha256: DIGEST,
      package: "redis-tools",
      version: "5:8.0.2-3",
    },
  ]);
  expect(parsePackageUris("<html>")).toEqual([]);
});

it("reads source packages with their digests, and passes over what has none, and upstream's signatures", () => {
  const stanza = [
    "Package: redis",
    "Version: 5:8.0.2-3+deb13u3",
    "Files:",
    " 0123 10 redis_8.0.2-3+deb13u3.dsc",
    "Checksums-Sha256:",
    ` ${DIGEST} 10 redis_8.0.2-3+deb13u3.dsc`,
    ` ${DIGEST} 20 redis_8.0.2.orig.tar.gz`,
    ` ${DIGEST} 30 redis_8.0.2.orig.tar.gz.asc`,
    "Directory: pool/main/r/redis",
  ].join("\n");
  const [source, ...others] = parseSources(
    `${stanza}\n\nPackage: other\nVersion: 1\n`,
    "http://mirror.test/debian",
  );
  expect(others).toEqual([]);
  expect(source).toMatchObject({ source: "redis", version: "5:8.0.2-3+deb13u3", form: "debian" });
  expect(source?.files.map(({ uri, bytes }) => [uri, bytes])).toEqual([
    ["http://mirror.test/debian/pool/main/r/redis/redis_8.0.2-3+deb13u3.dsc", 10],
    ["http://mirror.test/debian/pool/main/r/redis/redis_8.0.2.orig.tar.gz", 20],
  ]);
  expect(parseSources("<html>\n\n", "x")).toEqual([]);
  const printed = ["nginx_1.26.3.orig.tar.gz", "nginx_1.26.3.orig.tar.gz.asc"].map(
    (name) => `'http://mirror.test/${name}' ${name} 5 SHA256:${DIGEST}`,
  );
  expect(parseUris(printed.join("\n")).map(({ name }) => name)).toEqual(["nginx_1.26.3.orig.tar.gz"]);
});
