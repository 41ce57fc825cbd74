/** One look at a step: what checks need of the machine, and what they answer. */
import { replyJson, type EngineReply } from "../docker/engine";
import { engineError } from "../docker/transport";

/** What checks need of the machine. All of it is out of the learner's sight; nothing here changes the machine. */
export interface CheckDoors {
  /** `GET path` of the Docker Engine API. Rejects when the daemon cannot be reached. */
  engine(path: string, signal: AbortSignal): Promise<EngineReply>;
  /** Runs a program as root in /root. Throws when the machine's agent cannot be reached, or by the signal. */
  run(argv: readonly string[], signal: AbortSignal): Promise<ProgramResult>;
  /** Milliseconds since the epoch, as the machine's clock has it. */
  now(): number;
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

/** What a step's checks look at beside the machine. */
export interface Asked {
  /** When the step began, in milliseconds since the epoch. */
  readonly sinceMs: number;
  /** The learner's answers by id. */
  readonly answers: Readonly<Record<string, string>>;
}

/** What is asked about, and the daemon's answers: what several checks ask is asked once. */
export class Round {
  readonly doors: CheckDoors;
  readonly signal: AbortSignal;
  readonly asked: Asked;
  readonly #replies = new Map<string, Promise<EngineReply>>();

  constructor(doors: CheckDoors, signal: AbortSignal, asked: Asked = { sinceMs: 0, answers: {} }) {
    this.doors = doors;
    this.signal = signal;
    this.asked = asked;
  }

  /** The JSON of an answer; undefined when there is no such thing (404). @throws EngineError */
  async json(path: string): Promise<unknown> {
    return replyJson(path, await this.#ask(path));
  }

  /** The bytes of an answer; none when there is no such thing. @throws EngineError */
  async bytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const reply = await this.#ask(path);
    return reply.status === 200 ? reply.body : new Uint8Array(0);
  }

  /** Rejects when the machine's agent cannot be reached, or by the signal. */
  run(...argv: string[]): Promise<ProgramResult> {
    return this.doors.run(argv, this.signal);
  }

  #ask(path: string): Promise<EngineReply> {
    let reply = this.#replies.get(path);
    if (reply === undefined) {
      reply = this.doors.engine(path, this.signal).catch((error: unknown) => {
        throw engineError(error, this.signal);
      });
      this.#replies.set(path, reply);
    }
    return reply;
  }
}
