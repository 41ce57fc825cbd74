import { expect, it } from "vitest";
import { parseCodename, parseSimulatedInstall, parseSourceControl, selectNetworkOptions } from "./debian";

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

it("lists what a simulated installation would install, once and sorted", () => {
  const output = [
    "Reading package lists...",
    "Inst libc6:i386 (2.41-12 Debian:13.1/stable [i386])",
    "Inst bash (5.2.37-2 Debian:13.1/stable [i386]) []",
    "Conf bash (5.2.37-2 Debian:13.1/stable [i386])",
    "Inst bash (5.2.37-2 Debian:13.1/stable [i386])",
  ].join("\n");
  expect(parseSimulatedInstall(output)).toEqual(["bash", "libc6"]);
  expect(parseSimulatedInstall("E: Unable to locate package nothing")).toEqual([]);
});

it("reads a source package's name and version, however it is signed", () => {
  const control = [
    "-----BEGIN PGP SIGNED MESSAGE-----",
    "Hash: SHA512",
    "",
    "Format: 3.0 (quilt)",
    "Source: redis",
  ];
  const text = [
    ...control,
    "Binary: redis-server",
    "Version: 5:8.0.2-3+deb13u2",
    "Standards-Version: 4.7",
  ].join("\n");
  expect(parseSourceControl(text)).toEqual({ name: "redis", version: "5:8.0.2-3+deb13u2" });
  expect(parseSourceControl("<html>")).toEqual({ name: "", version: "" });
});
