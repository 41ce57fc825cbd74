/**
 * The Docker Engine API, asked over the daemon's own socket. Every question has a connection of its own, so that nothing
 * is open when nothing is asked, but for `events`, which is one connection for as long as somebody listens.
 */
import { z } from "zod";
import { readAll } from "../bytes";
import type { ByteConnection } from "../http/connection";
import { EngineError } from "./errors";
import { readJsonLines } from "./json-lines";
import { eventSchema, summariesSchema, type ContainerSummary, type EngineEvent } from "./schemas";
import { askEngine, engineError, type EngineAnswer, type EngineDial } from "./transport";

export interface EngineReply {
  readonly status: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

const SOCKET = "/var/run/docker.sock";
/** No answer in one piece is larger: a page of a log, a container's changes. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** The engine behind the agent's channel: containers cannot reach it. */
export function engineBehind(agent: {
  connectUnix(path: string, signal: AbortSignal | undefined): Promise<ByteConnection>;
}): DockerEngine {
  return new DockerEngine((signal) => agent.connectUnix(SOCKET, signal));
}

/** Every method throws `EngineError`: `unreachable`, `refused`, `bad-answer`, `aborted`. */
export class DockerEngine {
  readonly #dial: EngineDial;

  constructor(dial: EngineDial) {
    this.#dial = dial;
  }

  /** `GET path` (paths.ts), whatever the status is. */
  async get(path: string, signal?: AbortSignal): Promise<EngineReply> {
    const answer = await askEngine(this.#dial, path, signal);
    try {
      const body = await readAll(answer.body, MAX_ANSWER_BYTES);
      if (body === undefined) throw new EngineError("bad-answer", `${path}: a very long answer`);
      return { status: answer.status, body };
    } catch (error) {
      throw engineError(error, signal);
    } finally {
      answer.close();
    }
  }

  /** The containers that run. */
  async containers(signal?: AbortSignal): Promise<ContainerSummary[]> {
    const path = "/containers/json";
    return parseAs(summariesSchema, replyJson(path, await this.get(path, signal)));
  }

  /**
   * What happens in the daemon from now on. `onOpen` is called when the daemon has begun to tell: who then asks for
   * the present state misses nothing. Ends when the daemon does (`unreachable`), or by the signal (`aborted`); to leave
   * the loop closes the connection.
   */
  async *events(onOpen: () => void, signal?: AbortSignal): AsyncGenerator<EngineEvent, never, undefined> {
    let answer: EngineAnswer | undefined;
    try {
      answer = await askEngine(this.#dial, "/events", signal);
      checkStatus("/events", answer);
      onOpen();
      for await (const line of readJsonLines(answer.body)) yield parseAs(eventSchema, line);
      throw new EngineError("unreachable", "the daemon ended its events");
    } catch (error) {
      throw engineError(error, signal);
    } finally {
      answer?.close();
    }
  }
}

/** The JSON of an answer; undefined when there is no such thing (404). @throws EngineError `refused`, `bad-answer` */
export function replyJson(path: string, reply: EngineReply): unknown {
  if (reply.status === 404) return undefined;
  checkStatus(path, reply);
  try {
    return JSON.parse(new TextDecoder().decode(reply.body));
  } catch (cause) {
    throw new EngineError("bad-answer", `${path}: not JSON`, { cause });
  }
}

function checkStatus(path: string, { status }: { readonly status: number }): void {
  if (status < 200 || status > 299) throw new EngineError("refused", `${path}: status ${status}`);
}

/** @throws EngineError `bad-answer` for what is not the API's shape */
export function parseAs<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new EngineError("bad-answer", z.prettifyError(parsed.error), { cause: parsed.error });
}
