/**
 * The session with the agent: greeting, readiness, and the end of it in all its forms. images/agent/PROTOCOL.md,
 * "Order of a session". Streams are `client.ts`'s matter.
 */
import { DrydockError } from "../../contract/errors";
import { abortable, throwIfAborted } from "./abort";
import { FrameDecoder, type Frame } from "./frames";
import { AGENT_PROTOCOL, decodeMessage, type AgentMessage } from "./messages";
import { Outbox } from "./outbox";
import { encodeHello } from "./requests";
import { defer, type Deferred } from "./stream";

/** The bytes' way to the guest and back: a virtio console in the machine, a pty in the tests. */
export interface AgentChannel {
  /** Resolves when the guest has taken all bytes. Called one at a time. */
  write(bytes: Uint8Array): Promise<void>;
  /** The listener must be given every byte from then on. It never throws. The array may be used again after. */
  onBytes(listener: (bytes: Uint8Array) => void): void;
}

/** A HELLO without an answer is repeated after this, doubled each time up to the most. */
const FIRST_RETRY_MS = 500;
const MOST_RETRY_MS = 8000;

/** What the agent's HELLO says. */
export interface Greeting {
  readonly version: number;
  /** Bytes of every stream's input that the agent will hold. */
  readonly window: number;
  /** How many streams can be open. */
  readonly streams: number;
}

type State =
  | { readonly kind: "silent"; readonly reason: DrydockError }
  | { readonly kind: "greeting"; nonce: number; readonly answer: Deferred<Greeting>; repeat: () => void }
  | { readonly kind: "open"; readonly greeting: Greeting; readonly ready: Deferred<undefined> }
  | { readonly kind: "dead"; readonly reason: DrydockError };

type SessionMessage = Exclude<AgentMessage, { kind: "hello" | "ready" }>;

export interface SessionListener {
  onMessage(message: SessionMessage): void;
  /** Every stream and every question is void. */
  onEnd(reason: DrydockError): void;
}

export class AgentSession {
  readonly outbox: Outbox;
  readonly #listener: SessionListener;
  readonly #decoder: FrameDecoder;
  #state: State = { kind: "silent", reason: new DrydockError("agent", "the agent has not been greeted") };
  /** The agent's word was read; its HELLO comes next. */
  #helloDue = false;

  constructor(channel: AgentChannel, listener: SessionListener) {
    this.#listener = listener;
    this.outbox = new Outbox(
      (bytes) => channel.write(bytes),
      (cause) => this.die(new DrydockError("agent", "the agent's channel is broken", { cause })),
    );
    this.#decoder = new FrameDecoder({
      onSync: () => {
        this.#helloDue = true;
      },
      onFrame: (frame) => this.#onFrame(frame),
      onLost: (reason) => {
        if (this.#state.kind === "open") this.#fallSilent(new DrydockError("agent", reason));
      },
    });
    channel.onBytes((bytes) => this.#decoder.push(bytes));
  }

  /** The greeting of the open session. Throws `agent` when there is none. */
  requireOpen(): Greeting {
    if (this.#state.kind === "open") return this.#state.greeting;
    throw this.#absence();
  }

  /** Begins anew; repeats until the agent answers. */
  async hello(signal?: AbortSignal): Promise<Greeting> {
    throwIfAborted(signal);
    if (this.#state.kind === "dead") throw this.#state.reason;
    this.#fallSilent(new DrydockError("agent", "the session with the agent begins anew"));
    const greeting: State = { kind: "greeting", nonce: 0, answer: defer(), repeat: () => undefined };
    this.#state = greeting;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wait = FIRST_RETRY_MS;
    greeting.repeat = () => {
      clearTimeout(timer);
      greeting.nonce = newNonce();
      this.outbox.clear(); // an older HELLO that was not written must not come after
      this.outbox.post(encodeHello(greeting.nonce));
      timer = setTimeout(greeting.repeat, wait);
      wait = Math.min(2 * wait, MOST_RETRY_MS);
    };
    greeting.repeat();
    try {
      return await abortable(greeting.answer.promise, signal);
    } catch (error) {
      if (this.#state === greeting) this.#state = { kind: "silent", reason: this.#absence() };
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when the guest's services are up. */
  async waitReady(signal?: AbortSignal): Promise<void> {
    if (this.#state.kind !== "open") throw this.#absence();
    await abortable(this.#state.ready.promise, signal);
  }

  /** The channel is gone for good. */
  die(reason: DrydockError): void {
    if (this.#state.kind === "dead") return;
    this.#fallSilent(reason);
    this.#state = { kind: "dead", reason };
  }

  #absence(): DrydockError {
    const state = this.#state;
    return "reason" in state ? state.reason : new DrydockError("agent", "the agent has not answered yet");
  }

  /** Ends the session, if there is one; `hello` can begin another. */
  #fallSilent(reason: DrydockError): void {
    const state = this.#state;
    this.#state = { kind: "silent", reason };
    this.outbox.clear();
    if (state.kind === "greeting") state.answer.reject(reason);
    if (state.kind === "open") state.ready.reject(reason);
    this.#listener.onEnd(reason);
  }

  #onFrame(frame: Frame): void {
    const helloDue = this.#helloDue;
    this.#helloDue = false;
    try {
      const state = this.#state;
      if (state.kind === "greeting" && helloDue) this.#onGreeting(state, decodeMessage(frame));
      else if (state.kind === "open" && helloDue) throw new DrydockError("agent", "the agent started anew");
      else if (state.kind === "open") this.#onMessage(state, decodeMessage(frame));
    } catch (error) {
      const reason = error instanceof DrydockError ? error : new DrydockError("internal", String(error));
      this.#fallSilent(reason);
    }
  }

  #onGreeting(state: Extract<State, { kind: "greeting" }>, message: AgentMessage): void {
    if (message.kind !== "hello")
      throw new DrydockError("agent", `the agent said ${message.kind} instead of hello`);
    if (message.nonce === 0) state.repeat(); // it has just started: what it was told before is lost
    if (message.nonce !== state.nonce) return;
    if (message.version !== AGENT_PROTOCOL) {
      throw new DrydockError(
        "version-mismatch",
        `the agent speaks version ${message.version} of its protocol, not ${AGENT_PROTOCOL}`,
      );
    }
    const { version, window, streams } = message;
    this.#state = { kind: "open", greeting: { version, window, streams }, ready: defer() };
    state.answer.resolve(this.#state.greeting);
  }

  #onMessage(state: Extract<State, { kind: "open" }>, message: AgentMessage): void {
    if (message.kind === "hello") throw new DrydockError("agent", "the agent said hello in mid-session");
    if (message.kind === "error" && message.stream === 0) {
      throw new DrydockError("agent", `the agent refused a frame: ${message.errno} (${message.text})`);
    }
    if (message.kind === "ready") state.ready.resolve(undefined);
    else this.#listener.onMessage(message);
  }
}

function newNonce(): number {
  const nonce = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return nonce === 0 ? 1 : nonce;
}
