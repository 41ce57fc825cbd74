/** The host's side of the agent: programs, connections and the clock of the guest. images/agent/PROTOCOL.md. */
import { DrydockError } from "../../contract/errors";
import { abortable, onAbort, throwIfAborted } from "./abort";
import { collectBytes, feedBytes } from "./collect";
import { AgentConnection } from "./connection";
import { MAX_STREAM_ID } from "./frames";
import type { AgentMessage, Channel } from "./messages";
import { AgentProcess, exitStatus } from "./process";
import { RECEIVE_WINDOW } from "./receiver";
import { encodeClock, encodeConnectTcp, encodeConnectUnix, encodeExec, type TerminalSize } from "./requests";
import { AgentSession, type AgentChannel, type Greeting } from "./session";
import { AgentStream, defer, type Deferred } from "./stream";

export type { AgentChannel, AgentConnection, AgentProcess, Greeting };

interface ProgramOptions {
  /** The home directory unless given. */
  readonly cwd?: string;
  /** `name`, `name:group` or numbers; the agent's own user (root) unless given. */
  readonly user?: string;
  /** Additions to PATH, HOME, USER, LOGNAME, SHELL, LANG (and TERM on a pty). */
  readonly env?: Readonly<Record<string, string>>;
  /** Firing kills the program and its children; everything pending is rejected with `aborted`. */
  readonly signal?: AbortSignal;
}

export interface ExecOptions extends ProgramOptions {
  /** argv[0] is looked up in PATH. */
  readonly argv: readonly string[];
  /** A pty of this size instead of pipes. */
  readonly pty?: TerminalSize;
  /** `none` is /dev/null. */
  readonly stdin?: "pipe" | "none";
  /** Standard error goes where standard output goes, in the order of writing. */
  readonly mergeStderr?: boolean;
}

export interface RunOptions extends ProgramOptions {
  /** The program's standard input; /dev/null unless given. */
  readonly input?: string | Uint8Array;
  /** The most of each output in bytes, 16 MiB unless given. More kills the program and rejects. */
  readonly maxBytes?: number;
  readonly mergeStderr?: boolean;
}

export interface RunResult {
  /** The exit status, or 128 and the signal's number, as a shell says it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ClockSetting {
  /** The guest's time before and after, in milliseconds since the epoch. */
  readonly beforeMs: number;
  readonly afterMs: number;
}

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

type StreamMessage = Exclude<AgentMessage, { kind: "hello" | "ready" }>;

export class AgentClient {
  readonly #session: AgentSession;
  readonly #streams = new Map<number, AgentStream>();
  readonly #clocks = new Map<number, Deferred<ClockSetting>>();
  #lastId = 0;

  constructor(channel: AgentChannel) {
    this.#session = new AgentSession(channel, {
      onMessage: (message) => this.#onMessage(message),
      onEnd: (reason) => this.#onEnd(reason),
    });
  }

  /**
   * Begins a session: must come first, and again when the machine was restored. Ends every stream of before, kills its
   * programs. Repeats until the agent answers, so give it a signal. Throws `version-mismatch`, `agent`, `aborted`.
   */
  hello(signal?: AbortSignal): Promise<Greeting> {
    return this.#session.hello(signal);
  }

  /** Resolves when the guest has said that its services are up. Throws `agent`, `aborted`. */
  waitReady(signal?: AbortSignal): Promise<void> {
    return this.#session.waitReady(signal);
  }

  /** Sets the guest's clock to milliseconds since the epoch. Throws `agent`, `aborted`. */
  async setClock(epochMs: number, signal?: AbortSignal): Promise<ClockSetting> {
    throwIfAborted(signal);
    this.#session.requireOpen();
    const tag = this.#newId();
    const answer = defer<ClockSetting>();
    this.#session.outbox.post(encodeClock(tag, Math.round(epochMs)));
    this.#clocks.set(tag, answer);
    try {
      return await abortable(answer.promise, signal);
    } finally {
      this.#clocks.delete(tag);
    }
  }

  /** Starts a program; resolves when it runs. Throws `agent` with the errno as subject (`ENOENT`), `aborted`. */
  async exec(options: ExecOptions): Promise<AgentProcess> {
    const mixed = options.pty !== undefined || options.mergeStderr === true;
    const stream = await this.#open(
      `exec ${options.argv[0] ?? ""}`,
      mixed ? [1] : [1, 2],
      (id) =>
        encodeExec(id, {
          argv: options.argv,
          cwd: options.cwd ?? "",
          user: options.user ?? "",
          env: options.env ?? {},
          pty: options.pty,
          mergeStderr: options.mergeStderr ?? false,
          noStdin: options.stdin === "none" && options.pty === undefined,
          window: RECEIVE_WINDOW,
        }),
      options.signal,
    );
    if (options.stdin === "none" && options.pty === undefined) stream.sender.finish();
    const stderr = mixed ? emptyReadable() : stream.readable(2);
    return new AgentProcess(await stream.opened, stream, stderr, this.#session.outbox);
  }

  /**
   * Runs a program to its end, and that of its output: what it leaves in the background must let go of both. A string is
   * a command for a login shell.
   */
  async run(command: string | readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const { input, maxBytes = DEFAULT_MAX_BYTES, ...rest } = options;
    const argv = typeof command === "string" ? ["/bin/bash", "-lc", command] : command;
    const process = await this.exec({ ...rest, argv, stdin: input === undefined ? "none" : "pipe" });
    const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
    try {
      const [exit, stdout, stderr] = await Promise.all([
        process.exit,
        collectBytes(process.stdout, maxBytes),
        collectBytes(process.stderr, maxBytes),
        bytes && feedBytes(process.stdin, bytes),
      ]);
      const text = new TextDecoder();
      return { status: exitStatus(exit), stdout: text.decode(stdout), stderr: text.decode(stderr) };
    } catch (error) {
      process.close();
      throw error;
    }
  }

  /** Connects to a unix socket in the guest. Throws `agent` with the errno as subject, `aborted`. */
  async connectUnix(path: string, signal?: AbortSignal): Promise<AgentConnection> {
    return new AgentConnection(
      await this.#open(`connect ${path}`, [0], (id) => encodeConnectUnix(id, RECEIVE_WINDOW, path), signal),
    );
  }

  /** Connects to a port on 127.0.0.1 in the guest. Throws `agent` with the errno as subject, `aborted`. */
  async connectTcp(port: number, signal?: AbortSignal): Promise<AgentConnection> {
    return new AgentConnection(
      await this.#open(
        `connect port ${port}`,
        [0],
        (id) => encodeConnectTcp(id, RECEIVE_WINDOW, port),
        signal,
      ),
    );
  }

  /** Says that the channel is gone: everything pending and every later call is rejected with the reason. */
  close(reason = new DrydockError("agent", "the agent's channel is closed")): void {
    this.#session.die(reason);
  }

  /** How many programs and connections are open. */
  get openStreams(): number {
    return this.#streams.size;
  }

  async #open(
    what: string,
    channels: readonly Channel[],
    encode: (id: number) => Uint8Array,
    signal: AbortSignal | undefined,
  ): Promise<AgentStream> {
    throwIfAborted(signal);
    const { window } = this.#session.requireOpen();
    const id = this.#newId();
    const frame = encode(id);
    let forget = (): void => undefined;
    const onOver = (): void => {
      forget();
      this.#streams.delete(id);
    };
    const { outbox } = this.#session;
    const stream = new AgentStream({ id, what, outbox, credit: window, channels, onOver });
    this.#streams.set(id, stream);
    forget = onAbort(signal, (reason) => stream.close(reason));
    outbox.post(frame);
    await stream.opened;
    return stream;
  }

  #newId(): number {
    do {
      this.#lastId = this.#lastId >= MAX_STREAM_ID ? 1 : this.#lastId + 1;
    } while (this.#streams.has(this.#lastId) || this.#clocks.has(this.#lastId));
    return this.#lastId;
  }

  #onMessage(message: StreamMessage): void {
    const clock = this.#clocks.get(message.stream);
    if (message.kind === "clock") {
      clock?.resolve({ beforeMs: message.beforeMs, afterMs: message.afterMs });
    } else if (clock && message.kind === "error") {
      const text = `the guest's clock: ${message.errno} (${message.text})`;
      clock.reject(new DrydockError("agent", text, { subject: message.errno }));
    } else {
      // Frames of a stream that was closed here may still be on their way.
      this.#streams.get(message.stream)?.receive(message);
    }
  }

  #onEnd(reason: DrydockError): void {
    for (const stream of [...this.#streams.values()]) stream.fail(reason);
    for (const clock of this.#clocks.values()) clock.reject(reason);
  }
}

function emptyReadable(): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });
}
