/** What the worker does for lessons inside a running guest: the checks of a step, and what is done out of sight. */
import type { AgentClient } from "./agent/client";
import { guestActionSchema, type ActionReport } from "../contract/checks";
import { ActionRunner, type ActionDoors } from "./checks/actions";
import { PromptMarks } from "./checks/prompt-marks";
import { checkRequestSchema } from "./checks/request";
import type { CheckDoors } from "./checks/round";
import { StepWatcher } from "./checks/watcher";
import { engineBehind } from "./docker/engine";
import { DockerEvents } from "./docker/events";
import { DrydockError } from "../contract/errors";
import { CONSOLE_COUNT, type ConsoleId, type LessonService, type MachineEvent } from "../contract/protocol";

/** What a check's program may print. */
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;
/** As in the guest's /etc/profile.d: short-lived Go programs start sooner so. */
const GO_ENVIRONMENT = { GOGC: "off", GOMEMLIMIT: "96MiB" };
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
  const engine = engineBehind(agent);
  return {
    now: () => Date.now(),
    engine: (path, signal) => engine.get(path, signal),
    run: async (argv, signal) => agent.run(argv, { signal, env: GO_ENVIRONMENT, maxBytes: MAX_OUTPUT_BYTES }),
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

export class LessonServices implements LessonService {
  readonly #watcher: StepWatcher;
  readonly #actions: ActionRunner;
  readonly #marks: readonly PromptMarks[] = Array.from({ length: CONSOLE_COUNT }, () => new PromptMarks());
  readonly #end = new AbortController();
  readonly #forget: () => void;

  /** @param events the machine's; of its own for a machine that has none yet */
  constructor(agent: AgentClient, emit: (event: MachineEvent) => void, events?: DockerEvents) {
    const doors = openLessonDoors(agent);
    this.#actions = new ActionRunner(doors);
    this.#watcher = new StepWatcher({
      doors,
      onResult: (step, result) => emit({ type: "step", step, result }),
      onError: () => {
        // The agent is gone: the machine's status says so, and the next reason to look tries again.
      },
    });
    const nudge = (): void => this.#watcher.nudge();
    this.#forget = (events ?? new DockerEvents(engineBehind(agent), this.#end.signal)).listen({
      onOpen: nudge,
      onEvent: ({ Type, Action }) => this.#watcher.nudgeByEvent(Type, Action),
      onLost: nudge,
    });
  }

  /**
   * Looks at this step from now on, in place of any other; at none with undefined.
   * @throws DrydockError `bad-request`
   */
  watchStep(request: unknown): void {
    if (request === undefined) {
      this.#watcher.watch(undefined);
      return;
    }
    const parsed = checkRequestSchema.safeParse(request);
    if (!parsed.success)
      throw new DrydockError("bad-request", `not a step to check: ${parsed.error.message}`);
    this.#watcher.watch(parsed.data);
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
    this.#forget();
    this.#watcher.watch(undefined);
    this.#end.abort();
  }
}
