import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AgentProcess } from "../../worker/agent/client";
import { collectBytes } from "../../worker/agent/collect";
import { HOST_WORD, encodeFrame } from "../../worker/agent/frames";
import { AgentBench, type RunningAgent } from "./test/run-agent";

let bench: AgentBench;
let agent: RunningAgent;

beforeAll(async () => {
  bench = await AgentBench.build();
}, 120_000);

afterAll(() => bench.remove());

beforeEach(async () => {
  agent = bench.start();
  await agent.client.hello(AbortSignal.timeout(20_000));
});

/** Each test ends with an agent that is alive, ends when told, leaks nothing and was found clean by the checkers. */
afterEach(async () => {
  expect(await agent.stop()).toEqual({ status: 0, stderr: "" });
});

const all = (readable: ReadableStream<Uint8Array>): Promise<Uint8Array> => collectBytes(readable, 1 << 30);
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function write(
  writable: WritableStream<Uint8Array>,
  bytes: Uint8Array | string,
  end = true,
): Promise<void> {
  const writer = writable.getWriter();
  await writer.write(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
  if (end) await writer.close();
  writer.releaseLock();
}

/** Reads until the text has come. */
async function readUntil(readable: ReadableStream<Uint8Array>, wanted: string | RegExp): Promise<string> {
  const reader = readable.getReader();
  let text = "";
  while (typeof wanted === "string" ? !text.includes(wanted) : !wanted.test(text)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the output ended before ${String(wanted)}: ${text}`);
    text += new TextDecoder().decode(value);
  }
  reader.releaseLock();
  return text;
}

/** Resolves once no process has the number, or only as a zombie. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    const state = await agent.client.run([
      "sh",
      "-c",
      `cat /proc/${pid}/stat 2>/dev/null | sed 's/.*) //' | cut -c1`,
    ]);
    if (state.stdout.trim() === "" || state.stdout.trim() === "Z") return;
  }
}

describe("programs", () => {
  it("gives output, error output and the exit status", async () => {
    const result = await agent.client.run("echo out; echo err >&2; exit 7");
    expect(result).toEqual({ status: 7, stdout: "out\n", stderr: "err\n" });
  });

  it("merges standard error in the order of writing", async () => {
    const result = await agent.client.run("echo 1; echo 2 >&2; echo 3", { mergeStderr: true });
    expect(result).toEqual({ status: 0, stdout: "1\n2\n3\n", stderr: "" });
  });

  it("sets the environment, the folder and the arguments exactly", async () => {
    const argv = ["sh", "-c", 'printf "%s|" "$PWD" "$A" "$LANG" "$1" "$2"', "x", "", "鲸 fish\n"];
    const result = await agent.client.run(argv, { cwd: "/usr", env: { A: "b=c" } });
    expect(result.stdout).toBe("/usr|b=c|C.UTF-8||鲸 fish\n|");
  });

  it.runIf(process.getuid?.() === 0)("becomes another user, with the groups of that user", async () => {
    const byName = await agent.client.run(["id"], { user: "nobody", cwd: "/" });
    expect(byName.stdout).toMatch(/^uid=65534\(nobody\) gid=65534\(nogroup\) groups=65534\(nogroup\)/);
    const byNumber = await agent.client.run(["id", "-g"], { user: "1:tty", cwd: "/" });
    expect(byNumber.stdout).toBe("5\n");
  });

  it("names what keeps a program from starting", async () => {
    const start = (options: { argv: string[]; cwd?: string; user?: string }) => agent.client.exec(options);
    await expect(start({ argv: ["/no/such"] })).rejects.toMatchObject({ code: "agent", subject: "ENOENT" });
    await expect(start({ argv: ["/etc/passwd"] })).rejects.toMatchObject({ subject: "EACCES" });
    await expect(start({ argv: ["true"], cwd: "/no/such" })).rejects.toMatchObject({ subject: "ENOENT" });
    await expect(start({ argv: ["true"], user: "no-such-user" })).rejects.toMatchObject({
      subject: "ENOENT",
    });
    await expect(start({ argv: [] })).rejects.toMatchObject({ code: "agent", subject: "EINVAL" });
    expect(agent.client.openStreams).toBe(0);
  });

  it("signals a program and says which signal ended it", async () => {
    const sleeper = await agent.client.exec({ argv: ["sleep", "1000"] });
    sleeper.kill("SIGUSR1");
    expect(await sleeper.exit).toEqual({ signal: "SIGUSR1" });
    expect((await agent.client.run("kill -9 $$")).status).toBe(137);
  });

  it("kills the children too, also those in jobs of their own", async () => {
    const shell = await agent.client.exec({
      argv: ["bash", "-c", "set -m; sleep 1000 & sleep 1000 & echo $!; wait"],
    });
    const job = Number(await readUntil(shell.stdout, "\n"));
    shell.close();
    await expect(shell.exit).rejects.toMatchObject({ code: "aborted" });
    await gone(shell.pid);
    await gone(job);
  });

  it("stops at an AbortSignal", async () => {
    const abort = new AbortController();
    const sleeper = await agent.client.exec({ argv: ["sleep", "1000"], signal: abort.signal });
    const reading = all(sleeper.stdout);
    abort.abort();
    await expect(sleeper.exit).rejects.toMatchObject({ code: "aborted" });
    await expect(reading).rejects.toMatchObject({ code: "aborted" });
    await expect(agent.client.run(["true"], { signal: abort.signal })).rejects.toMatchObject({
      code: "aborted",
    });
    await gone(sleeper.pid);
    expect(agent.client.openStreams).toBe(0);
  });

  it("limits the output of run", async () => {
    await expect(agent.client.run(["yes"], { maxBytes: 100_000 })).rejects.toMatchObject({ code: "agent" });
    expect(agent.client.openStreams).toBe(0);
  });

  it("ends a program whose output nobody wants with SIGPIPE", async () => {
    const yes = await agent.client.exec({ argv: ["yes"] });
    await yes.stdout.cancel();
    expect(await yes.exit).toEqual({ signal: "SIGPIPE" });
  });

  it("tells the writer that standard input is closed", async () => {
    const deaf = await agent.client.exec({ argv: ["sh", "-c", "exec <&-; sleep 1000"] });
    const writer = deaf.stdin.getWriter();
    const writing = (async () => {
      for (;;) await writer.write(new Uint8Array(65536));
    })();
    await expect(writing).rejects.toMatchObject({ code: "agent", subject: "EPIPE" });
    deaf.kill("SIGKILL");
    expect(await deaf.exit).toEqual({ signal: "SIGKILL" });
  });

  it("refuses the sixty-fifth stream, and has room again after", async () => {
    const sleepers = await Promise.all(
      Array.from({ length: 64 }, () => agent.client.exec({ argv: ["sleep", "1000"], stdin: "none" })),
    );
    await expect(agent.client.exec({ argv: ["true"] })).rejects.toMatchObject({ subject: "EMFILE" });
    for (const sleeper of sleepers) sleeper.close();
    expect((await agent.client.run(["true"])).status).toBe(0);
  });
});

describe("a pty", () => {
  it("has its size, follows a resize and delivers Ctrl-C", async () => {
    const script =
      "trap 'stty size' WINCH; trap 'echo caught; exit 3' INT; tty; stty size; while :; do sleep 0.05; done";
    const shell = await agent.client.exec({ argv: ["bash", "-c", script], pty: { columns: 91, rows: 33 } });
    expect(await readUntil(shell.stdout, "33 91")).toMatch(/^\/dev\/pts\/\d+/);
    shell.resize(120, 40);
    await readUntil(shell.stdout, "40 120");
    await write(shell.stdin, "\x03", false);
    await readUntil(shell.stdout, "caught");
    expect(await shell.exit).toEqual({ status: 3 });
  });

  it("ends its input with Ctrl-D, and its output after the last byte", async () => {
    const cat = await agent.client.exec({ argv: ["cat"], pty: { columns: 80, rows: 24 } });
    await write(cat.stdin, "hello\n");
    expect(new TextDecoder().decode(await all(cat.stdout))).toBe("hello\r\nhello\r\n");
    expect(await cat.exit).toEqual({ status: 0 });
  });

  it("is a controlling terminal with job control", async () => {
    const argv = ["bash", "--norc", "-i"];
    const shell = await agent.client.exec({ argv, pty: { columns: 80, rows: 24 }, env: { PS1: "$ " } });
    await write(shell.stdin, "sleep 1000 & echo job=$!.\n", false);
    const pattern = /job=(\d+)\./;
    const job = Number(pattern.exec(await readUntil(shell.stdout, pattern))?.[1]);
    expect(job).toBeGreaterThan(0);
    shell.close();
    await gone(job);
  });
});

describe("flow", () => {
  it("takes 5 MB on standard input", async () => {
    const input = randomBytes(5_000_000);
    const result = await agent.client.run(["sha256sum"], { input });
    expect(result.stdout).toBe(`${sha256(input)}  -\n`);
  });

  it("carries bytes that hold either side's sync word", async () => {
    const words = [HOST_WORD, Buffer.from("\xf5DryDock\xf6guest\xf71", "latin1")];
    const input = Buffer.concat(Array.from({ length: 3000 }, (_, i) => words[i % 2] ?? HOST_WORD));
    const cat = await agent.client.exec({ argv: ["cat"] });
    const [output] = await Promise.all([all(cat.stdout), write(cat.stdin, input)]);
    expect(sha256(output)).toBe(sha256(input));
  });

  it("holds 20 MB back from a slow reader and loses nothing", async () => {
    const total = 20_000_000;
    const source = await agent.client.exec({ argv: ["sh", "-c", `yes 0123456789abcde | head -c ${total}`] });
    const reader = source.stdout.getReader();
    const hash = createHash("sha256");
    const before = agent.channel.received;
    let read = 0;
    let mostAhead = 0;
    for (let turn = 0; ; turn++) {
      const { done, value } = await reader.read();
      if (done) break;
      hash.update(value);
      read += value.length;
      // Asking for something else shows that a stalled stream does not hold up the rest.
      if (turn % 300 === 0) expect((await agent.client.run(["echo", "hi"])).stdout).toBe("hi\n");
      mostAhead = Math.max(mostAhead, agent.channel.received - before - read);
    }
    const expected = createHash("sha256").update("0123456789abcde\n".repeat(total / 16));
    expect(read).toBe(total);
    expect(hash.digest("hex")).toBe(expected.digest("hex"));
    // The window is 256 KiB; headers and the other programs' frames are in the count too.
    expect(mostAhead).toBeLessThan(512 * 1024);
    expect(mostAhead).toBeGreaterThan(200 * 1024);
  });

  it("moves 8 streams at once, both ways", async () => {
    const echo = async (seed: number): Promise<void> => {
      const input = Buffer.alloc(1_000_000 + seed, `stream ${seed} `);
      const cat = await agent.client.exec({ argv: ["cat"] });
      const [output] = await Promise.all([all(cat.stdout), write(cat.stdin, input)]);
      expect(sha256(output)).toBe(sha256(input));
      expect(await cat.exit).toEqual({ status: 0 });
    };
    await Promise.all(Array.from({ length: 8 }, (_, seed) => echo(seed)));
  });

  it("answers others while one stream's reader sleeps and another's writer waits", async () => {
    const flood = await agent.client.exec({ argv: ["yes"] });
    const deaf = await agent.client.exec({ argv: ["sleep", "1000"] });
    const writing = write(deaf.stdin, new Uint8Array(1_000_000)).catch((error: unknown) => error);
    expect((await agent.client.run(["echo", "alive"])).stdout).toBe("alive\n");
    flood.close();
    deaf.close();
    expect(await writing).toMatchObject({ code: "aborted" });
  });
});

describe("connections", () => {
  let server: Server;
  afterEach(() => server.close());

  async function listen(onSocket: (socket: Socket) => void, where: string | number): Promise<Server> {
    server = createServer({ allowHalfOpen: true }, onSocket);
    if (typeof where === "string") server.listen(where);
    else server.listen(where, "127.0.0.1");
    await once(server, "listening");
    return server;
  }

  it("reaches a unix socket, with half close", async () => {
    const path = join(bench.folder, "echo.sock");
    await listen((socket) => socket.pipe(socket), path);
    const input = randomBytes(3_000_000);
    const connection = await agent.client.connectUnix(path);
    const [output] = await Promise.all([all(connection.readable), write(connection.writable, input)]);
    expect(sha256(output)).toBe(sha256(input));
    expect((await agent.client.run(["true"])).status).toBe(0);
    expect(agent.client.openStreams).toBe(0);
  });

  it("reaches a TCP port, and closes at once when told", async () => {
    const sockets: Socket[] = [];
    const ended = new Promise<void>((resolve) => {
      void listen((socket) => {
        sockets.push(socket);
        socket.on("error", () => resolve()).on("end", () => resolve());
        socket.write("hello");
        socket.resume();
      }, 0);
    });
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const connection = await agent.client.connectTcp(address.port);
    await readUntil(connection.readable, "hello");
    connection.close();
    await ended;
    for (const socket of sockets) socket.destroy();
  });

  it("names refusals", async () => {
    await listen(() => undefined, 0);
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    server.close();
    await once(server, "close");
    const refused = agent.client.connectTcp(address.port);
    await expect(refused).rejects.toMatchObject({ code: "agent", subject: "ECONNREFUSED" });
    await expect(agent.client.connectUnix("/no/such.sock")).rejects.toMatchObject({ subject: "ENOENT" });
    await expect(agent.client.connectUnix(`/${"x".repeat(200)}`)).rejects.toMatchObject({
      subject: "ENAMETOOLONG",
    });
    await expect(agent.client.connectTcp(0)).rejects.toMatchObject({ subject: "EINVAL" });
  });
});

describe("the session", () => {
  it("says ready when the file appears, and to each new hello", async () => {
    await expect(agent.client.waitReady(AbortSignal.timeout(200))).rejects.toMatchObject({ code: "aborted" });
    await agent.makeReady();
    await agent.client.waitReady();
    await agent.client.hello();
    await agent.client.waitReady();
  });

  it("drops old streams at hello and kills their programs", async () => {
    const old: AgentProcess = await agent.client.exec({ argv: ["bash", "-c", "sleep 1000 & echo $!; wait"] });
    const child = Number(await readUntil(old.stdout, "\n"));
    const settled = Promise.allSettled([old.exit, all(old.stdout)]);
    await agent.client.hello();
    for (const outcome of await settled) expect(outcome).toMatchObject({ reason: { code: "agent" } });
    await gone(old.pid);
    await gone(child);
  });

  it("answers the clock without touching this machine's", async () => {
    const wanted = Date.UTC(2040, 0, 2, 3, 4, 5, 678);
    const setting = await agent.client.setClock(wanted);
    expect(setting.afterMs).toBe(wanted);
    expect(setting.beforeMs).toBeGreaterThan(Date.UTC(2020, 0));
    expect(Math.abs(Date.now() - setting.beforeMs)).toBeLessThan(60_000);
    await expect(agent.client.setClock(-1)).rejects.toMatchObject({ code: "bad-request" });
  });

  it("refuses an unknown type of frame and one for no stream, and goes on", async () => {
    const refused: Uint8Array[] = [];
    agent.channel.onBytes((bytes) => refused.push(bytes.slice()));
    await agent.channel.write(encodeFrame(0x33, 77, new Uint8Array(10)));
    await agent.channel.write(encodeFrame(0x06, 78, new Uint8Array(10)));
    await agent.channel.write(encodeFrame(0x02, 79, new Uint8Array(3)));
    expect((await agent.client.run(["echo", "still here"])).stdout).toBe("still here\n");
    const said = Buffer.concat(refused).toString("latin1");
    expect(said).toContain("ENOSYSunknown type of frame");
    expect(said).toContain("ENOENTno such stream");
    expect(said).toContain("EINVALmalformed CLOCK");
  });

  it("ends a stream that sends beyond its window", async () => {
    const deaf = await agent.client.exec({ argv: ["sleep", "1000"] });
    // Ids start at 1.
    for (let i = 0; i < 8; i++) await agent.channel.write(encodeFrame(0x06, 1, new Uint8Array(32769)));
    await expect(deaf.exit).rejects.toMatchObject({ code: "agent", subject: "EPROTO" });
  });

  it("recovers from garbage at the next hello", async () => {
    const sleeper = await agent.client.exec({ argv: ["sleep", "1000"] });
    await agent.channel.write(Buffer.alloc(5000, 0xff));
    await expect(sleeper.exit).rejects.toMatchObject({ code: "agent" });
    await expect(agent.client.run(["true"])).rejects.toMatchObject({ code: "agent" });
    await agent.channel.write(randomBytes(100_000));
    await agent.client.hello();
    expect((await agent.client.run(["echo", "back"])).stdout).toBe("back\n");
    await gone(sleeper.pid);
  });

  it("recovers from half a frame and half a word", async () => {
    for (const cut of [1, 5, 9, 15]) {
      await agent.channel.write(encodeFrame(0x06, 5, new Uint8Array(60_000)).subarray(0, 30_000));
      await agent.channel.write(HOST_WORD.subarray(0, cut));
      await agent.client.hello();
      expect((await agent.client.run(["echo", String(cut)])).stdout).toBe(`${cut}\n`);
    }
  });

  it("outlives frames of random bytes", async () => {
    for (let i = 0; i < 2000; i++) {
      const type = 2 + Math.floor(Math.random() * 14);
      // SIGNAL and EXEC could do harm with luck; both are tried with payloads too short to mean anything.
      const length = type === 3 || type === 11 ? 0 : Math.floor(Math.random() * 40);
      await agent.channel.write(encodeFrame(type, Math.floor(Math.random() * 4), randomBytes(length)));
    }
    await agent.client.hello();
    expect((await agent.client.run(["echo", "whole"])).stdout).toBe("whole\n");
  });

  it("rejects everything when the agent is gone", async () => {
    const sleeper = await agent.client.exec({ argv: ["sleep", "1000"] });
    const ready = agent.client.waitReady();
    const settled = Promise.allSettled([sleeper.exit, ready, all(sleeper.stdout)]);
    await agent.stop();
    for (const outcome of await settled) expect(outcome).toMatchObject({ reason: { code: "agent" } });
    await expect(agent.client.hello()).rejects.toMatchObject({ code: "agent" });
  });
});
