/** What the worker does for lessons inside a running guest: the checks of a step, and what is done out of sight. */
import type { AgentClient } from "./agent/client";
import { checkRequestSchema, guestActionSchema, type ActionReport } from "./check-spec";
import { ActionRunner, type ActionDoors } from "./checks/actions";
import type { CheckDoors } from "./checks/doors";
import { PromptMarks } from "./checks/prompt-marks";
import { StepWatcher } from "./checks/watcher";
import { EngineClient } from "./engine/client";
import { askEngine } from "./engine/transport";
import { DrydockError } from "./errors";
import { CONSOLE_COUNT, type ConsoleId, type MachineEvent } from "./protocol";

const DOCKER_SOCKET = "/var/run/docker.sock";
/** No answer to a check is larger: a page of a log, a container's changes. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** As in the guest's /etc/profile.d: short-lived Go programs start sooner so. */
const GO_ENVIRONMENT = { GOGC: "off", GOMEMLIMIT: "96MiB" };
/** Milliseconds until the events of a daemon that went away are asked for again. */
const RECONNECT_MS = 3000;
/** The hidden shells mark their prompt whatever their start files make of it; nobody presses Tab in them. */
const HIDDEN_ENVIRONMENT = {
  // Loading the completion takes five times as long as all else that a shell begins with.
  BASH_COMPLETION_VERSINFO: "2",
  PROMPT_COMMAND: String.raw`printf '\033]133;B\007'`,
  PS0: "\u001b]133;C\u0007",
};
const HIDDEN_SIZE = { columns: 120, rows: 40 };

/** The doors of checks and actions: the agent's channel and the daemon's socket behind it. */
export function openLessonDoors(agent: AgentClient): CheckDoors & ActionDoors {
  return {
    now: () => Date.now(),
    engine: async (path, signal) => {
      const dial = (dialSignal: AbortSignal | undefined): ReturnType<AgentClient["connectUnix"]> =>
        agent.connectUnix(DOCKER_SOCKET, dialSignal);
      const answer = await askEngine(dial, { method: "GET", path, signal });
      try {
        return { status: answer.status, body: await readAll(answer.body) };
      } finally {
        answer.close();
      }
    },
    run: async (argv, signal) => agent.run(argv, { signal, env: GO_ENVIRONMENT, maxBytes: MAX_ANSWER_BYTES }),
    runWith: async (argv, input, signal) =>
      agent.run(argv, { signal, input, env: GO_ENVIRONMENT, mergeStderr: true }),
    openShell: async (signal) => {
      const shell = await agent.exec({
        argv: ["bash", "-l"],
        pty: HIDDEN_SIZE,
        env: HIDDEN_ENVIRONMENT,
        signal,
      });
      const writer = shell.stdin.getWriter();
      const encoder = new TextEncoder();
      return {
        output: shell.stdout,
        write: (text) => writer.write(encoder.encode(text)),
        close: () => shell.close(),
      };
    },
  };
}

export class LessonServices {
  readonly #doors: CheckDoors & ActionDoors;
  readonly #engine: EngineClient;
  readonly #watcher: StepWatcher;
  readonly #actions: ActionRunner;
  readonly #marks: readonly PromptMarks[] = Array.from({ length: CONSOLE_COUNT }, () => new PromptMarks());
  readonly #end = new AbortController();
  #listening: AbortController | undefined;

  constructor(agent: AgentClient, emit: (event: MachineEvent) => void) {
    this.#doors = openLessonDoors(agent);
    this.#engine = new EngineClient((signal) => agent.connectUnix(DOCKER_SOCKET, signal));
    this.#actions = new ActionRunner(this.#doors);
    this.#watcher = new StepWatcher({
      doors: this.#doors,
      onResult: (step, result) => emit({ type: "step", step, result }),
      onError: () => {
        // The agent is gone: the machine's status says so, and the next reason to look tries again.
      },
    });
  }

  /**
   * Looks at this step from now on, in place of any other; at none with undefined.
   * @throws DrydockError `bad-request`
   */
  watchStep(request: unknown): void {
    this.#listening?.abort();
    this.#listening = undefined;
    if (request === undefined) {
      this.#watcher.watch(undefined);
      return;
    }
    const parsed = checkRequestSchema.safeParse(request);
    if (!parsed.success)
      throw new DrydockError("bad-request", `not a step to check: ${parsed.error.message}`);
    this.#watcher.watch(parsed.data);
    this.#listening = new AbortController();
    void this.#listen(AbortSignal.any([this.#listening.signal, this.#end.signal]));
  }

  /** Looks at the watched step now. */
  checkNow(): void {
    this.#watcher.nudge();
  }

  /** What a console printed: a prompt in it is a reason to look. */
  consoleBytes(console: ConsoleId, bytes: Uint8Array): void {
    if (this.#marks[console]?.push(bytes).includes("prompt") === true) this.#watcher.nudge();
  }

  /**
   * Does one thing out of sight. Calls wait for one another.
   * @throws DrydockError as `ActionRunner.perform`; `bad-request` for what is no action
   */
  async perform(action: unknown): Promise<ActionReport> {
    const parsed = guestActionSchema.safeParse(action);
    if (!parsed.success) throw new DrydockError("bad-request", `not an action: ${parsed.error.message}`);
    return this.#actions.perform(parsed.data, this.#end.signal);
  }

  close(): void {
    this.#watcher.watch(undefined);
    this.#end.abort();
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const over = (): boolean => signal.aborted;
    while (!over()) {
      try {
        for await (const { Type, Action } of this.#engine.events({}, signal))
          this.#watcher.nudgeByEvent(Type, Action);
      } catch {
        // The daemon went away, as lessons may ask for, or nobody listens any more, which the loop sees.
      }
      if (over()) return;
      this.#watcher.nudge();
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    }
  }
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    pieces.push(piece.value);
    length += piece.value.length;
    if (length > MAX_ANSWER_BYTES) throw new DrydockError("bad-request", "the daemon's answer is too large");
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
