/** Runs the real agent, compiled for this machine, on a pty, with the real client at the other end. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { AgentClient, type AgentChannel } from "../../../worker/agent/client";
import { buildCheckedAgent, buildPtyBridge } from "../build";

/** A channel over the bridge's pipes that counts, and can pass bytes of its own. */
class PipeChannel implements AgentChannel {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #listeners: ((bytes: Uint8Array) => void)[] = [];
  /** Bytes that came from the agent. */
  received = 0;

  constructor(child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.#child = child;
    // Every failed write is told to its writer; the stream's own event says the same once more.
    child.stdin.on("error", () => undefined);
    child.stdout.on("data", (bytes: Buffer) => {
      this.received += bytes.length;
      for (const listener of this.#listeners) listener(bytes);
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#child.stdin.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#listeners.push(listener);
  }
}

export interface RunningAgent {
  readonly channel: PipeChannel;
  readonly client: AgentClient;
  /** Makes the file that says that the guest's services are up. */
  makeReady(): Promise<void>;
  /** Ends the agent; answers with its exit status and all that it and the checkers said. */
  stop(): Promise<{ readonly status: number | null; readonly stderr: string }>;
}

/** A folder with the compiled programs, and agents from it. */
export class AgentBench {
  readonly folder: string;
  readonly #agent: string;
  readonly #bridge: string;
  #runs = 0;

  private constructor(folder: string, agent: string, bridge: string) {
    this.folder = folder;
    this.#agent = agent;
    this.#bridge = bridge;
  }

  static async build(): Promise<AgentBench> {
    const folder = await mkdtemp(join(tmpdir(), "drydock-agent-"));
    return new AgentBench(folder, await buildCheckedAgent(folder), await buildPtyBridge(folder));
  }

  start(): RunningAgent {
    const readyFile = join(this.folder, `ready-${++this.#runs}`);
    const child = spawn(this.#bridge, [this.#agent, "--dry-clock", "TTY", readyFile], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
    const channel = new PipeChannel(child);
    const client = new AgentClient(channel);
    child.on("close", () => client.close());
    return {
      channel,
      client,
      makeReady: () => writeFile(readyFile, ""),
      stop: () =>
        new Promise((resolve) => {
          if (child.exitCode !== null) resolve({ status: child.exitCode, stderr });
          child.on("close", (status) => resolve({ status, stderr }));
          child.stdin.end();
        }),
    };
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
