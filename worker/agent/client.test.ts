/** The client against an agent that misbehaves. The real one is driven in images/agent/agent.test.ts. */
import { describe, expect, it } from "vitest";
import { concatBytes } from "../bytes";
import { AgentClient, type AgentChannel } from "./client";
import { AGENT_WORD, encodeFrame } from "./frames";
import { settle } from "../testing/settle";

const nothing = new Uint8Array();

/** The other end of a channel: sends any bytes, and keeps what the client wrote. */
class Line implements AgentChannel {
  readonly written: Uint8Array[] = [];
  onWrite: (bytes: Uint8Array) => void = () => undefined;
  #listener: (bytes: Uint8Array) => void = () => undefined;
  broken = false;

  write(bytes: Uint8Array): Promise<void> {
    if (this.broken) return Promise.reject(new Error("the line is cut"));
    this.written.push(bytes);
    this.onWrite(bytes);
    return Promise.resolve();
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  say = (...parts: Uint8Array[]): void => this.#listener(concatBytes(parts));

  /** The agent's word and HELLO with this nonce. */
  greet(nonce: Uint8Array, version = 1): void {
    const payload = concatBytes([Uint8Array.of(version, 0), nonce, Uint8Array.of(0, 0, 1, 0, 64, 0)]);
    this.say(AGENT_WORD, encodeFrame(0x41, 0, payload));
  }
}

/** The nonce of the HELLO that starts with the host's word. */
const nonceOf = (bytes: Uint8Array): Uint8Array => bytes.subarray(16 + 9 + 2, 16 + 9 + 6);

async function opened(): Promise<{ line: Line; client: AgentClient }> {
  const line = new Line();
  const client = new AgentClient(line);
  line.onWrite = (bytes) => line.greet(nonceOf(bytes));
  await client.hello();
  line.onWrite = () => undefined;
  return { line, client };
}

const agentError = { code: "agent" };

describe("hello", () => {
  it("takes only the answer to its newest nonce, after any rubbish", async () => {
    const line = new Line();
    const client = new AgentClient(line);
    line.onWrite = (bytes) => {
      line.say(Uint8Array.of(1, 2, 3, 0xf5, 4), encodeFrame(0x42, 0, nothing));
      line.greet(Uint8Array.of(9, 9, 9, 9));
      line.greet(nonceOf(bytes));
    };
    expect(await client.hello()).toEqual({ version: 1, window: 65536, streams: 64 });
  });

  it("says it again when the agent has just started, and when nobody answers", async () => {
    const line = new Line();
    const client = new AgentClient(line);
    let hellos = 0;
    line.onWrite = (bytes) => {
      hellos++;
      if (hellos === 1) line.greet(new Uint8Array(4));
      if (hellos === 3) line.greet(nonceOf(bytes));
    };
    await client.hello();
    expect(hellos).toBe(3);
    expect(new Set(line.written.map((bytes) => nonceOf(bytes).join())).size).toBe(3);
  });

  it("refuses another version", async () => {
    const line = new Line();
    const client = new AgentClient(line);
    line.onWrite = (bytes) => line.greet(nonceOf(bytes), 2);
    await expect(client.hello()).rejects.toMatchObject({ code: "version-mismatch" });
    await expect(client.run("true")).rejects.toMatchObject({ code: "version-mismatch" });
  });

  it("can be cancelled, and replaced by another", async () => {
    const client = new AgentClient(new Line());
    await expect(client.hello(AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
    await expect(client.hello(AbortSignal.timeout(5))).rejects.toMatchObject({ code: "aborted" });
    const first = client.hello();
    const second = client.hello(AbortSignal.timeout(5));
    await expect(first).rejects.toMatchObject(agentError);
    await expect(second).rejects.toMatchObject({ code: "aborted" });
  });

  it("must come first", async () => {
    const client = new AgentClient(new Line());
    await expect(client.run("true")).rejects.toMatchObject(agentError);
    await expect(client.waitReady()).rejects.toMatchObject(agentError);
    await expect(client.setClock(0)).rejects.toMatchObject(agentError);
  });
});

describe("a bad agent", () => {
  const exec = encodeFrame(0x44, 1, new Uint8Array(4));
  const bad: readonly (readonly [string, Uint8Array])[] = [
    ["a truncated frame", encodeFrame(0x44, 1, new Uint8Array(2))],
    ["an unknown frame", encodeFrame(0x7f, 1, nothing)],
    ["a hello in mid-session", encodeFrame(0x41, 0, new Uint8Array(12))],
    ["a new start", concatBytes([AGENT_WORD, encodeFrame(0x41, 0, new Uint8Array(12))])],
    ["an error about the connection", encodeFrame(0x4b, 0, Uint8Array.of(0))],
    ["a header that cannot be", new Uint8Array(9).fill(0xff)],
    ["data on a channel that is not there", encodeFrame(0x46, 1, Uint8Array.of(0, 1))],
    [
      "more data than the window",
      concatBytes(
        Array.from({ length: 5 }, () =>
          encodeFrame(0x46, 1, concatBytes([Uint8Array.of(1), new Uint8Array(65535)])),
        ),
      ),
    ],
  ];

  it.each(bad)("ends the session with an error: %s", async (_name, bytes) => {
    const { line, client } = await opened();
    const starting = client.exec({ argv: ["x"] });
    line.say(exec);
    const program = await starting;
    const clock = client.setClock(1);
    const pending = Promise.allSettled([
      program.exit,
      program.stdout.getReader().read(),
      client.waitReady(),
      clock,
    ]);
    line.say(bytes);
    const outcomes = await pending;
    const failed = outcomes.map((outcome) => outcome.status);
    // Bytes that came within the window were read before the rest broke it.
    expect(failed.filter((status) => status === "rejected").length).toBeGreaterThanOrEqual(3);
    for (const outcome of outcomes)
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject(agentError);
    await expect(client.run("true")).rejects.toMatchObject(agentError);
    expect(client.openStreams).toBe(0);
    line.onWrite = (written) => line.greet(nonceOf(written));
    await client.hello();
  });

  it("is believed about its own streams only", async () => {
    const { line, client } = await opened();
    line.say(encodeFrame(0x46, 5, Uint8Array.of(1, 2, 3)), encodeFrame(0x4b, 5, Uint8Array.of(0)));
    line.say(encodeFrame(0x43, 5, new Uint8Array(16)), encodeFrame(0x42, 0, nothing));
    await client.waitReady();
  });

  it("refuses the clock", async () => {
    const { line, client } = await opened();
    const setting = client.setClock(1_000.4);
    line.say(encodeFrame(0x4b, 1, concatBytes([Uint8Array.of(5), new TextEncoder().encode("EPERMno")])));
    await expect(setting).rejects.toMatchObject({ code: "agent", subject: "EPERM" });
  });
});

describe("a dead channel", () => {
  it("rejects what is pending and all that comes", async () => {
    const { line, client } = await opened();
    const starting = client.exec({ argv: ["x"] });
    line.say(encodeFrame(0x44, 1, new Uint8Array(4)));
    const program = await starting;
    const writer = program.stdin.getWriter();
    line.broken = true;
    const [write, exit] = await Promise.allSettled([
      writer.write(new Uint8Array(100_000)).then(() => writer.closed),
      program.exit,
    ]);
    expect(write).toMatchObject({ status: "rejected", reason: agentError });
    expect(exit).toMatchObject({ status: "rejected", reason: agentError });
    await expect(client.hello()).rejects.toMatchObject(agentError);
    await expect(client.exec({ argv: ["x"] })).rejects.toMatchObject(agentError);
  });

  it("is what close makes of it", async () => {
    const { client } = await opened();
    const ready = client.waitReady();
    client.close();
    await expect(ready).rejects.toMatchObject(agentError);
    await expect(client.connectTcp(80)).rejects.toMatchObject(agentError);
  });
});

describe("windows", () => {
  it("send no more than was granted, and grant what was read", async () => {
    const { line, client } = await opened();
    const connecting = client.connectUnix("/x");
    line.say(encodeFrame(0x44, 1, new Uint8Array(4)));
    const { readable, writable } = await connecting;
    line.written.length = 0;
    const writer = writable.getWriter();
    const writing = writer.write(new Uint8Array(100_000));
    const sent = () => line.written.reduce((sum, bytes) => sum + bytes.length - 10, 0);
    await settle();
    expect(sent()).toBe(65536);
    line.say(encodeFrame(0x47, 1, Uint8Array.of(0, 0x10, 0, 0, 0)));
    await settle();
    expect(sent()).toBe(65552);
    line.say(encodeFrame(0x47, 1, Uint8Array.of(0, 0, 0, 1, 0)));
    await writing;

    line.written.length = 0;
    const reader = readable.getReader();
    for (let i = 0; i < 4; i++) line.say(encodeFrame(0x46, 1, new Uint8Array(60_000)));
    await settle();
    expect(line.written).toEqual([]);
    for (let i = 0; i < 2; i++) expect((await reader.read()).value?.length).toBe(59_999);
    await settle();
    expect(line.written).toHaveLength(1);
    expect([...(line.written[0] ?? [])]).toEqual([5, 0, 0, 0, 7, 1, 0, 0, 0, 0, ...[0xbe, 0xd4, 1, 0]]);
  });
});
