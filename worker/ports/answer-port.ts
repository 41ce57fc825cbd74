/** One request of the page's, answered over its own message port as `GuestAnswer`s, no faster than they are taken. */
import { z } from "zod";
import { readChunks } from "../bytes";
import {
  ANSWER_WINDOW,
  type GuestAnswer,
  type GuestFailure,
  type GuestRequest,
} from "../../contract/guest-request";
import { GuestHttpError } from "./errors";
import type { GuestHttp } from "./guest-http";

/** A body is sent from memory: forms and JSON, not disks. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const MAX_PIECE = 64 * 1024;

const requestSchema = z.object({
  method: z.string().max(32),
  url: z.string().max(64 * 1024),
  headers: z.array(z.tuple([z.string(), z.string()])).max(200),
  body: z
    .custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array && value.length <= MAX_BODY_BYTES)
    .optional(),
  redirect: z.enum(["follow", "error", "manual"]),
}) satisfies z.ZodType<GuestRequest>;

const controlSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("more"), bytes: z.number().int().positive() }),
  z.object({ type: z.literal("cancel") }),
]);

/** What is used of a message port, so that tests may give another one. */
export interface AnswerPort {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  postMessage(message: GuestAnswer, transfer: Transferable[]): void;
  close(): void;
}

/** Resolves when the answer is over, in whatever way; failures go to the port. */
export async function answerRequest(
  http: Pick<GuestHttp, "fetch">,
  request: unknown,
  port: AnswerPort,
): Promise<void> {
  const abort = new AbortController();
  const window = new Window(ANSWER_WINDOW);
  port.onmessage = ({ data }) => {
    const control = controlSchema.safeParse(data);
    if (control.success && control.data.type === "more") window.grow(control.data.bytes);
    else abort.abort(new GuestHttpError("bad-request", "the request was given up"));
  };
  abort.signal.addEventListener("abort", () => window.open());
  try {
    const parsed = requestSchema.safeParse(request);
    if (!parsed.success) throw new GuestHttpError("bad-request", z.prettifyError(parsed.error));
    const { head, body } = await http.fetch(parsed.data, abort.signal);
    port.postMessage({ type: "head", head }, []);
    for await (const chunk of readChunks(body)) {
      for (let at = 0; at < chunk.length; at += MAX_PIECE) {
        const bytes = chunk.slice(at, at + MAX_PIECE);
        await window.take(bytes.length);
        abort.signal.throwIfAborted();
        port.postMessage({ type: "bytes", bytes }, [bytes.buffer]);
      }
    }
    port.postMessage({ type: "end" }, []);
  } catch (error) {
    port.postMessage({ type: "failed", ...describe(error) }, []);
  } finally {
    // What was posted before still arrives.
    port.close();
  }
}

function describe(error: unknown): { failure: GuestFailure; message: string } {
  if (error instanceof GuestHttpError) return { failure: error.code, message: error.message };
  return { failure: "closed", message: error instanceof Error ? error.message : String(error) };
}

/** Bytes that may be sent before the other side has to say that it has taken some. */
class Window {
  #left: number;
  #wake: (() => void) | undefined;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  grow(bytes: number): void {
    this.#left += bytes;
    if (this.#left > 0) this.#wake?.();
  }

  /** For good: nothing waits any more. */
  open(): void {
    this.grow(Infinity);
  }

  async take(bytes: number): Promise<void> {
    while (this.#left <= 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#left -= bytes;
  }
}
