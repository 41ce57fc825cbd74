/** What checks need of the machine. All of it is out of the learner's sight; nothing here changes the machine. */
export interface CheckDoors {
  /**
   * `GET path` of the Docker Engine API (no version before it). Throws when the daemon cannot be reached.
   */
  engine(path: string, signal: AbortSignal): Promise<EngineReply>;
  /** Runs a program as root in /root. Throws when the machine's agent cannot be reached, or by the signal. */
  run(argv: readonly string[], signal: AbortSignal): Promise<ProgramResult>;
  /** Milliseconds since the epoch, as the machine's clock has it. */
  now(): number;
}

export interface EngineReply {
  readonly status: number;
  readonly body: Uint8Array;
}

export interface ProgramResult {
  /** As a shell says it: 128 + the signal's number for a program that was killed. */
  readonly status: number;
  readonly stdout: string;
}

/** Why something does not hold: the field of the check, what it asks for and what there is. */
export interface Miss {
  readonly field: string;
  readonly expected?: string;
  readonly found?: string;
  /** It may come true by time alone. */
  readonly soon?: boolean;
}

/** The answers of one round: what several checks ask is asked once. */
export class Round {
  readonly doors: CheckDoors;
  readonly signal: AbortSignal;
  readonly #replies = new Map<string, Promise<EngineReply>>();

  constructor(doors: CheckDoors, signal: AbortSignal) {
    this.doors = doors;
    this.signal = signal;
  }

  /** The JSON of an answer; undefined when there is no such thing (404). Throws `EngineSilent`. */
  async json(path: string): Promise<unknown> {
    const reply = await this.#ask(path);
    if (reply.status === 404) return undefined;
    if (reply.status !== 200) throw new EngineSilent(`${path}: status ${reply.status}`);
    try {
      return JSON.parse(new TextDecoder().decode(reply.body));
    } catch (cause) {
      throw new EngineSilent(`${path}: not JSON`, { cause });
    }
  }

  /** The bytes of an answer; none when there is no such thing. Throws `EngineSilent`. */
  async bytes(path: string): Promise<Uint8Array> {
    const reply = await this.#ask(path);
    return reply.status === 200 ? reply.body : new Uint8Array(0);
  }

  run(...argv: string[]): Promise<ProgramResult> {
    return this.doors.run(argv, this.signal);
  }

  #ask(path: string): Promise<EngineReply> {
    let reply = this.#replies.get(path);
    if (reply === undefined) {
      reply = this.doors.engine(path, this.signal).catch((cause: unknown) => {
        throw new EngineSilent(path, { cause });
      });
      this.#replies.set(path, reply);
    }
    return reply;
  }
}

/** The Docker daemon does not answer, or not what its API says. */
export class EngineSilent extends Error {
  override readonly name = "EngineSilent";
}
