/**
 * The Docker Engine API, asked over the daemon's own socket. Every call has a connection of its own, so that nothing
 * is open when nothing is asked, but for `events`, which is one connection for as long as somebody listens.
 */
import { z } from "zod";
import { readChunks } from "../bytes";
import { EngineError } from "./errors";
import { readJsonLines } from "./json-lines";
import {
  containerSchema,
  containerSummarySchema,
  eventSchema,
  imageHistorySchema,
  imageSchema,
  imageSummarySchema,
  networkSchema,
  versionSchema,
  volumeListSchema,
  volumeSchema,
  type Container,
  type ContainerSummary,
  type EngineEvent,
  type EngineVersion,
  type Image,
  type ImageHistoryEntry,
  type ImageSummary,
  type Network,
  type Volume,
} from "./schemas";
import { askEngine, engineError, type EngineCall, type EngineDial, type EngineFilters } from "./transport";

export interface ListOptions {
  /** Stopped containers as well; intermediate images as well. */
  readonly all?: boolean;
  readonly filters?: EngineFilters;
}

/** An answer in one piece is at most this many bytes. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const errorSchema = z.looseObject({ message: z.string() });

/** Every method throws `EngineError`: `unreachable`, `refused` (with the daemon's status), `bad-answer`, `aborted`. */
export class EngineClient {
  readonly #dial: EngineDial;

  constructor(dial: EngineDial) {
    this.#dial = dial;
  }

  /** `GET /_ping`. */
  async ping(signal?: AbortSignal): Promise<void> {
    await this.#text({ method: "GET", path: "/_ping", signal });
  }

  version(signal?: AbortSignal): Promise<EngineVersion> {
    return this.get("/version", versionSchema, signal);
  }

  /** Running containers; all of them with `all`. */
  containers(options: ListOptions = {}, signal?: AbortSignal): Promise<ContainerSummary[]> {
    return this.request(
      { method: "GET", path: "/containers/json", query: { ...options }, signal },
      z.array(containerSummarySchema),
    );
  }

  /** By name, id, or the beginning of an id. */
  container(name: string, signal?: AbortSignal): Promise<Container> {
    return this.get(`/containers/${encodeURIComponent(name)}/json`, containerSchema, signal);
  }

  images(options: ListOptions = {}, signal?: AbortSignal): Promise<ImageSummary[]> {
    return this.request(
      { method: "GET", path: "/images/json", query: { ...options }, signal },
      z.array(imageSummarySchema),
    );
  }

  /** By reference (`nginx`, `nginx:latest`, `repository@sha256:...`) or id. */
  image(name: string, signal?: AbortSignal): Promise<Image> {
    return this.get(`/images/${encodePath(name)}/json`, imageSchema, signal);
  }

  imageHistory(name: string, signal?: AbortSignal): Promise<ImageHistoryEntry[]> {
    return this.get(`/images/${encodePath(name)}/history`, z.array(imageHistorySchema), signal);
  }

  async volumes(filters?: EngineFilters, signal?: AbortSignal): Promise<Volume[]> {
    const query = filters === undefined ? {} : { filters };
    return (await this.request({ method: "GET", path: "/volumes", query, signal }, volumeListSchema)).Volumes;
  }

  volume(name: string, signal?: AbortSignal): Promise<Volume> {
    return this.get(`/volumes/${encodeURIComponent(name)}`, volumeSchema, signal);
  }

  networks(filters?: EngineFilters, signal?: AbortSignal): Promise<Network[]> {
    const query = filters === undefined ? {} : { filters };
    return this.request({ method: "GET", path: "/networks", query, signal }, z.array(networkSchema));
  }

  /** With the containers that are on it. */
  network(name: string, signal?: AbortSignal): Promise<Network> {
    return this.get(`/networks/${encodeURIComponent(name)}`, networkSchema, signal);
  }

  /**
   * What happens in the daemon from now on. `onOpen` is called when the daemon has begun to tell: whoever then asks for
   * the present state misses nothing. Ends when the daemon does (`unreachable`), or by the signal (`aborted`); to leave
   * the loop closes the connection.
   */
  async *events(
    options: { readonly filters?: EngineFilters; readonly onOpen?: () => void },
    signal?: AbortSignal,
  ): AsyncGenerator<EngineEvent, never, undefined> {
    const query = options.filters === undefined ? {} : { filters: options.filters };
    const call: EngineCall = { method: "GET", path: "/events", query, signal };
    const answer = await this.#ask(call);
    try {
      options.onOpen?.();
      for await (const line of readJsonLines(answer.body)) yield parse(eventSchema, line, call);
    } catch (error) {
      throw engineError(error, signal);
    } finally {
      answer.close();
    }
    throw engineError(new Error("the daemon ended its events"), signal);
  }

  /** `GET path`, checked by `schema`. */
  get<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
    return this.request({ method: "GET", path, signal }, schema);
  }

  /** Any call whose answer is JSON. */
  async request<T>(call: EngineCall, schema: z.ZodType<T>): Promise<T> {
    const text = await this.#text(call);
    try {
      return parse(schema, JSON.parse(text), call);
    } catch (error) {
      if (error instanceof EngineError) throw error;
      throw new EngineError("bad-answer", `${call.path}: not JSON`, { cause: error });
    }
  }

  /** Any call whose answer is of no interest: `POST /containers/{id}/start`. */
  async send(call: EngineCall): Promise<void> {
    await this.#text(call);
  }

  async #text(call: EngineCall): Promise<string> {
    const answer = await this.#ask(call);
    try {
      return await readAll(answer.body);
    } catch (error) {
      throw engineError(error, call.signal);
    } finally {
      answer.close();
    }
  }

  /** The answer's stream, when it is a good one. 304 says that there was nothing to do. */
  async #ask(call: EngineCall): Promise<Awaited<ReturnType<typeof askEngine>>> {
    const answer = await askEngine(this.#dial, call);
    const { status } = answer;
    if ((status >= 200 && status < 300) || status === 304) return answer;
    try {
      const text = await readAll(answer.body);
      throw new EngineError("refused", errorMessage(text) ?? `the daemon answered ${status}`, { status });
    } catch (error) {
      throw engineError(error, call.signal);
    } finally {
      answer.close();
    }
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, call: EngineCall): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new EngineError("bad-answer", `${call.path}: ${z.prettifyError(parsed.error)}`);
}

async function readAll(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of readChunks(body)) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES)
      throw new EngineError("bad-answer", `an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** The daemon's own words: `{"message": "No such container: x"}`. */
function errorMessage(text: string): string | undefined {
  try {
    return errorSchema.safeParse(JSON.parse(text)).data?.message;
  } catch {
    // Not JSON: the status has to do.
    return undefined;
  }
}

/** An image's name with its slashes. */
function encodePath(name: string): string {
  return name.split("/").map(encodeURIComponent).join("/");
}
