import { execFile, spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "../../worker/hub/digest";
import { OCI_INDEX } from "../../worker/hub/manifest";
import { sampleIndex } from "../../worker/hub/testing/sample-catalogue";

/** For Node. */
const SERVER = ["--import", "tsx", join(import.meta.dirname, "registry.ts")];

function start(...flags: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [...SERVER, ...flags]);
}

/** A server without images: they are not what is tested here, and making them takes minutes. */
function startEmpty(...flags: string[]): ChildProcessWithoutNullStreams {
  return start("--port", "0", "--catalogue", "none", ...flags);
}

async function run(...flags: string[]): Promise<{ readonly status: unknown; readonly errors: string }> {
  const child = start(...flags);
  let errors = "";
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  const [status] = (await once(child, "close")) as [unknown];
  return { status, errors };
}

/** The URL that a server prints when it listens. */
async function urlOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  let output = "";
  for await (const data of child.stdout) {
    output += String(data);
    const url = /on (http\S+)\n/.exec(output)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`it ended: ${output}`);
}

async function stop(child: ChildProcessWithoutNullStreams): Promise<unknown> {
  child.kill("SIGTERM");
  const [status] = (await once(child, "close")) as [unknown];
  return status;
}

/** How many bytes a file of that process may have: the one limit of a disk that needs no disk to be filled. */
async function limitFiles({ pid }: ChildProcessWithoutNullStreams, bytes: string): Promise<void> {
  await promisify(execFile)("prlimit", [`--pid=${pid ?? ""}`, `--fsize=${bytes}:`]);
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "drydock-registry-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("npm run registry", { timeout: 60_000 }, () => {
  it.each([
    ["--port", "70000"],
    ["--port", "x"],
    ["--port"],
    ["--profile", "other"],
    ["--host", ""],
    ["--quota", "-1"],
    ["--tls-key", "k"],
    ["--unknown"],
    ["stray"],
  ])("prints its usage for %s %s", async (...flags) => {
    const { status, errors } = await run(...flags);
    expect(status).toBe(2);
    expect(errors).toContain("usage: npm run registry");
  });

  it("says that its port is in use, or its catalogue cannot be read", async () => {
    const child = startEmpty();
    const url = await urlOf(child);
    const taken = await run("--port", new URL(url).port, "--catalogue", "none");
    expect(taken).toEqual({ status: 1, errors: `port ${new URL(url).port} of 127.0.0.1 is in use\n` });
    const none = await run("--port", "0", "--catalogue", "/nonexistent");
    expect(none.status).toBe(1);
    expect(none.errors).toContain("ENOENT");
    expect(await stop(child)).toBe(0);
  });

  it("serves the catalogue of a guest's folder", async () => {
    const { index, box, image, large } = await sampleIndex();
    await mkdir(join(folder, "chunks"));
    for (const { chunks } of Object.values(index.layers)) {
      for (const chunk of chunks) await writeFile(join(folder, "chunks", chunk.sha256), box.fileOf(chunk));
    }
    await writeFile(join(folder, "catalogue.json"), JSON.stringify(index));
    const child = start("--port", "0", "--catalogue", folder);
    const url = await urlOf(child);
    const layer = await fetch(`${url}/v2/library/sample/blobs/${large}`);
    expect(await digestOf(new Uint8Array(await layer.arrayBuffer()))).toBe(large);
    const missing = index.layers[large]?.chunks[0]?.sha256 ?? "";
    await rm(join(folder, "chunks", missing));
    const broken = await fetch(`${url}/v2/library/sample/blobs/${large}`);
    expect([broken.status, await broken.json()]).toEqual([
      503,
      { errors: [{ code: "UNAVAILABLE", message: "the blob cannot be read at the moment" }] },
    ]);
    expect((await fetch(`${url}/v2/library/sample/blobs/${image.config}`)).status).toBe(200);
    expect(await stop(child)).toBe(0);
    await writeFile(join(folder, "catalogue.json"), '{"format":1,');
    expect(await run("--port", "0", "--catalogue", folder)).toEqual({
      status: 1,
      errors: "the catalogue's index is not JSON, or cut off\n",
    });
  });

  it("keeps what was pushed in its folder", async () => {
    const bytes = new TextEncoder().encode("kept");
    const digest = await digestOf(bytes);
    const first = startEmpty("--data", folder);
    const path = `/v2/a/blobs/uploads/?digest=${digest}`;
    expect((await fetch((await urlOf(first)) + path, { method: "POST", body: bytes })).status).toBe(201);
    expect(await stop(first)).toBe(0);
    const second = startEmpty("--data", folder);
    expect(await (await fetch(`${await urlOf(second)}/v2/a/blobs/${digest}`)).text()).toBe("kept");
    expect(await stop(second)).toBe(0);
  });

  it("leaves alone what another has in the folder, whether that has the port or not", async () => {
    const first = startEmpty("--data", folder);
    const url = await urlOf(first);
    const digest = await digestOf(new TextEncoder().encode("open"));
    const post = await fetch(`${url}/v2/a/blobs/uploads/`, { method: "POST" });
    const upload = url + (post.headers.get("location") ?? "");
    await fetch(upload, { method: "PATCH", body: "open" });
    const { port } = new URL(url);
    const same = await run("--port", port, "--catalogue", "none", "--data", folder);
    expect(same).toEqual({ status: 1, errors: `port ${port} of 127.0.0.1 is in use\n` });
    const other = await run("--port", "0", "--catalogue", "none", "--data", folder);
    expect(other).toEqual({ status: 1, errors: `${folder} is in use by another registry\n` });
    expect((await fetch(`${upload}?digest=${digest}`, { method: "PUT" })).status).toBe(201);
    // No way to end well: the lock goes with the process anyway.
    first.kill("SIGKILL");
    await once(first, "close");
    const next = startEmpty("--data", folder);
    expect(await (await fetch(`${await urlOf(next)}/v2/a/blobs/${digest}`)).text()).toBe("open");
    expect(await stop(next)).toBe(0);
  });

  it("ends when npm is told to end", async () => {
    const flags = ["--port", "0", "--catalogue", "none", "--data", folder];
    const npm = spawn("npm", ["run", "registry", "--", ...flags], { cwd: join(import.meta.dirname, "..") });
    const url = await urlOf(npm);
    await stop(npm);
    await expect(fetch(`${url}/v2/`)).rejects.toThrow();
    const next = startEmpty("--data", folder);
    await urlOf(next);
    expect(await stop(next)).toBe(0);
  });

  it("answers that its disk is full, also for metadata, and goes on when there is room", async () => {
    const child = startEmpty("--data", folder);
    const url = await urlOf(child);
    const put = (tag: string) => {
      const annotations = { pad: "x".repeat(10_000) };
      const body = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [], annotations });
      const headers = { "content-type": OCI_INDEX };
      return fetch(`${url}/v2/a/manifests/${tag}`, { method: "PUT", headers, body });
    };
    await limitFiles(child, "100000");
    const kept: string[] = [];
    let refused: Response | undefined;
    for (let count = 0; count < 20 && refused === undefined; count += 1) {
      const answer = await put(`t${count}`);
      if (answer.status === 201) kept.push(`t${count}`);
      else refused = answer;
    }
    expect(refused?.status).toBe(507);
    expect(await refused?.json()).toMatchObject({ errors: [{ code: "INSUFFICIENT_STORAGE" }] });
    const blob = await fetch(`${url}/v2/a/blobs/uploads/?digest=sha256:${"0".repeat(64)}`, {
      method: "POST",
      body: new Uint8Array(200_000),
    });
    expect(blob.status).toBe(507);
    await limitFiles(child, "unlimited");
    expect((await put("z")).status).toBe(201);
    expect(await stop(child)).toBe(0);
    const list = { name: "a", tags: [...kept, "z"] };
    for (const limit of ["20000", "unlimited"]) {
      const flags = ["--port", "0", "--catalogue", "none", "--data", folder];
      const next = spawn("prlimit", [`--fsize=${limit}`, process.execPath, ...SERVER, ...flags]);
      expect(await (await fetch(`${await urlOf(next)}/v2/a/tags/list`)).json()).toEqual(list);
      expect(await stop(next)).toBe(0);
    }
  });

  it("does not start with a key and a certificate that cannot be read", async () => {
    const file = join(folder, "empty.pem");
    await writeFile(file, "");
    const tls = ["--tls-key", file, "--tls-cert", file];
    const { status, errors } = await run("--port", "0", "--catalogue", "none", ...tls);
    expect(status).toBe(1);
    expect(errors).toContain(`${file} and ${file} are no key and certificate`);
  });

  it("is Docker Hub when it is asked to be", async () => {
    const child = startEmpty("--profile", "hub");
    const url = await urlOf(child);
    const answer = await fetch(`${url}/v2/`);
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([
      401,
      `Bearer realm="${url}/token",service="registry.docker.io"`,
    ]);
    expect(await stop(child)).toBe(0);
  });
});
