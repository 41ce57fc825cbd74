/** The program between Docker and its runtimes, compiled for this machine with checkers, against a socket of ours. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { compileChecked, compileForGuest } from "../agent/compile";

const SOURCES = dirname(fileURLToPath(import.meta.url));
const CONTAINER = "f3a1".repeat(16);
const CONTROLLER = "0123456789ab";
const STATE = `{"ociVersion":"1.0","id":"${CONTAINER}","pid":4242,"bundle":"/b","status":"created"}`;

let folder: string;
let program: string;
let execRoot: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "drydock-runtime-"));
  const runtime = (name: string): string => join(folder, `real-${name}`);
  program = await compileChecked(SOURCES, join(folder, "program"), {
    PROGRAM: "/of/ours",
    CRUN: runtime("crun"),
    RUNC: runtime("runc"),
  });
  for (const name of ["crun", "runc"]) {
    await symlink(program, join(folder, name));
    await writeFile(runtime(name), '#!/bin/sh\necho "$0 $*"\nexit 7\n');
    await chmod(runtime(name), 0o755);
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(argv0: string, args: readonly string[], stdin = ""): Promise<Ended> {
  const child = spawn(program, args, { argv0 });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (bytes: Buffer) => (text.stdout += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (text.stderr += bytes.toString()));
  // A program that refuses its arguments does not read.
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const [status] = (await once(child, "close")) as [number | null];
  return { status, ...text };
}

describe("as libnetwork-setkey", () => {
  let server: Server;
  let requests: string[];
  let answer: string | undefined;

  beforeEach(async () => {
    requests = [];
    answer = "success";
    execRoot = await mkdtemp(join(folder, "root-"));
    await mkdir(join(execRoot, "libnetwork"));
    server = createServer((socket) => {
      socket.once("data", (bytes) => {
        requests.push(bytes.toString());
        if (answer === undefined) socket.destroy();
        else socket.end(answer);
      });
      socket.on("error", () => undefined);
    });
    server.listen(join(execRoot, "libnetwork", `${CONTROLLER}.sock`));
    await once(server, "listening");
  });
  afterEach(() => server.close());

  const hook = (state = STATE, args = [`-exec-root=${execRoot}`, CONTAINER, CONTROLLER]): Promise<Ended> =>
    run("libnetwork-setkey", args, state);

  it("tells the daemon the container's network namespace and ends well when it says success", async () => {
    expect(await hook()).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(requests.map((text) => JSON.parse(text) as unknown)).toEqual([
      { ContainerID: CONTAINER, Key: "/proc/4242/ns/net" },
    ]);
  });

  it("takes its option in each of the ways in which Go does", async () => {
    for (const option of [[`--exec-root=${execRoot}`], ["-exec-root", execRoot, "--"]]) {
      expect(await hook(STATE, [...option, CONTAINER, CONTROLLER])).toMatchObject({ status: 0 });
    }
    expect(requests).toHaveLength(2);
  });

  it("finds the process in any order, between strings and objects that look like it", async () => {
    const states = [
      `{ "id" : "a\\"pid\\":1,", "annotations" : {"pid": 7, "x": [1, {"pid": 8}]},\n\t"pid" : 4242 }\n`,
      `{"pid":4242}`,
      `{"ociVersion":"\\\\","pid":4242,"rest`,
      `{"note":"\\u00e9 } ] ,","pid":4242}`,
    ];
    for (const state of states) expect(await hook(state)).toMatchObject({ status: 0, stderr: "" });
    expect(new Set(requests).size).toBe(1);
    expect(requests[0]).toContain("/proc/4242/ns/net");
  });

  it("refuses a state without a process, and says nothing to the daemon", async () => {
    const cases = ["", "null", "[]", "{}", "{", '{"pid":0}', '{"pid":-1}', '{"pid":"4"}', '{"pid":1.5}'];
    cases.push('{"pid":99999999999}', '{"pid":12', '{"id":"x', '{"id":}', '{"a":1 "pid":3}', "\0\0", '{"id"');
    cases.push(`{"x":${"[".repeat(100_000)}`, `{"x":${"]".repeat(9)},"pid":3}`, "{".repeat(1000));
    for (const state of cases) {
      const { status, stderr } = await hook(state);
      expect([state.slice(0, 40), status, stderr]).toEqual([
        state.slice(0, 40),
        1,
        "drydock-runtime: libnetwork-setkey: the container's state names no process\n",
      ]);
    }
    expect(requests).toEqual([]);
  });

  it("refuses a state that has no end", async () => {
    const { status, stderr } = await hook(" ".repeat(5 << 20));
    expect([status, stderr]).toEqual([1, expect.stringContaining("more than 4194304 bytes")]);
  });

  it("refuses names that would need an escape or lead elsewhere, and other options", async () => {
    const root = `-exec-root=${execRoot}`;
    for (const args of [
      [],
      [root, CONTAINER],
      [root, 'a","Key":"b', CONTROLLER],
      [root, "", CONTROLLER],
      [root, CONTAINER, "../../etc/x"],
      [root, "a".repeat(256), CONTROLLER],
      ["-exec-root"],
      ["-other=1", CONTAINER, CONTROLLER],
      [`-exec-root=/${"x".repeat(200)}`, CONTAINER, CONTROLLER],
    ]) {
      const { status, stderr } = await hook(STATE, args);
      expect([args, status]).toEqual([args, 1]);
      expect(stderr).toMatch(/^drydock-runtime: .+\n$/);
    }
    expect(requests).toEqual([]);
  });

  it("says what the daemon says", async () => {
    answer = "no sandbox present for f3a1";
    expect(await hook()).toEqual({
      status: 1,
      stdout: "",
      stderr: "drydock-runtime: no sandbox present for f3a1\n",
    });
    answer = "x".repeat(5000);
    expect(await hook()).toMatchObject({ status: 1 });
    answer = undefined;
    expect(await hook()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("does not answer") as string,
    });
  });

  it("fails when no daemon listens", async () => {
    const { status, stderr } = await hook(STATE, [`-exec-root=${execRoot}`, CONTAINER, "f".repeat(12)]);
    expect([status, stderr]).toEqual([1, expect.stringContaining("No such file or directory")]);
  });
});

describe("as a runtime", () => {
  let bundle: string;
  beforeEach(async () => {
    bundle = await mkdtemp(join(folder, "bundle-"));
  });

  const config = (path: string, more = ""): string =>
    `{"process":{"args":["sh"],"env":["A=\\"args\\":[\\"libnetwork-setkey\\","]},${more}` +
    `"hooks":{"prestart":[{"path":"${path}","args":["libnetwork-setkey","-exec-root=/var/run/docker","c","d"]}]}}\n`;

  async function made(text: string, name = "crun", args?: readonly string[]): Promise<string> {
    await writeFile(join(bundle, "config.json"), text, { mode: 0o640 });
    const all = args ?? ["--log", "l", "create", "--bundle", bundle, "--pid-file", "p", CONTAINER];
    expect(await run(join(folder, name), all)).toEqual({
      status: 7,
      stdout: `${join(folder, `real-${name}`)} ${all.join(" ")}\n`,
      stderr: "",
    });
    expect(await readdir(bundle)).toEqual(["config.json"]);
    expect((await stat(join(bundle, "config.json"))).mode & 0o777).toBe(0o640);
    return readFile(join(bundle, "config.json"), "utf8");
  }

  it("sends the hook to this program and becomes the runtime that it is called as", async () => {
    for (const name of ["crun", "runc"]) {
      for (const path of ["/proc/1/exe", "/proc/4194303/exe"]) {
        expect(await made(config(path), name)).toBe(config("/of/ours"));
      }
    }
  });

  it("knows each way to name a bundle", async () => {
    for (const args of [
      ["run", "-b", bundle, "x"],
      ["create", `--bundle=${bundle}`, "x"],
    ]) {
      expect(await made(config("/proc/77/exe"), "runc", args)).toBe(config("/of/ours"));
    }
  });

  it("reads a large config.json whole", async () => {
    const more = `"annotations":{"a":"${"x".repeat(300_000)}"},`;
    expect(await made(config("/proc/77/exe", more))).toBe(config("/of/ours", more));
  });

  it("leaves what is not dockerd's hook as it is", async () => {
    for (const text of [
      "",
      "{}",
      "\0\0\0",
      '"args":["libnetwork-setkey",',
      '/exe","args":["libnetwork-setkey",',
      '"path":"/proc//exe","args":["libnetwork-setkey",',
      '1/exe","args":["libnetwork-setkey",',
      config("/usr/bin/dockerd"),
      config("/proc/self/exe"),
      config("/tmp/proc/12/exe"),
      config("/proc/12/exe").replaceAll(":", ": "),
      config("/proc/12/exe").replace('libnetwork-setkey","-', 'other","-'),
    ]) {
      expect(await made(text)).toBe(text);
    }
  });

  it("becomes the runtime all the same when there is no bundle or no config.json", async () => {
    for (const args of [
      ["--version"],
      ["delete", "x"],
      ["create", "--bundle"],
      ["create", "-b", "/none", "x"],
      [],
    ]) {
      expect(await run("crun", args)).toEqual({
        status: 7,
        stdout: `${join(folder, "real-crun")} ${args.join(" ")}\n`,
        stderr: "",
      });
    }
  });

  it("says when the runtime is not there, and when it is called as something else", async () => {
    const real = join(folder, "real-runc");
    const text = await readFile(real);
    await rm(real);
    expect(await run("runc", [])).toMatchObject({
      status: 127,
      stderr: expect.stringContaining(real) as string,
    });
    await writeFile(real, text, { mode: 0o755 });
    expect(await run("other", [])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("other") as string,
    });
  });
});

it("is a small static program for the guest", async () => {
  const elf = await readFile(await compileForGuest(SOURCES, join(folder, "guest"), () => undefined));
  expect(elf.subarray(0, 5).toString("latin1")).toBe("\x7fELF\x01");
  expect(elf.length).toBeLessThan(900_000);
}, 120_000);
