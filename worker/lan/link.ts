import type { Clock } from "./clock";
import type { EthernetPort } from "./ethernet";

/** Frames that wait while the guest has no receive buffer. More are dropped, as a switch would drop them. */
const OUTBOX_FRAMES = 256;
/** How soon a full port is tried again, in milliseconds: soon at first, and less and less often. */
const FIRST_POLL_MS = 2;
const LAST_POLL_MS = 64;

/** The outgoing side of the port: says when it is full, and tries again when it is not. */
export class Link {
  readonly #port: EthernetPort;
  readonly #clock: Clock;
  readonly #onReady: () => void;
  readonly #unregister: (() => void) | undefined;
  readonly #outbox: Uint8Array[] = [];
  #blocked = false;
  #pollMs = FIRST_POLL_MS;
  #cancelPoll: (() => void) | undefined;
  /** Frames that the port took, and frames that it had no room for. */
  sent = 0;
  dropped = 0;

  /** `onReady` is called when the port takes frames again. */
  constructor(port: EthernetPort, clock: Clock, onReady: () => void) {
    this.#port = port;
    this.#clock = clock;
    this.#onReady = onReady;
    this.#unregister = port.onDrain?.(() => this.#drain());
  }

  /** False while the port takes nothing. */
  get ready(): boolean {
    return !this.#blocked;
  }

  /** True when the port took the frame. Else the caller keeps it and waits for `onReady`. */
  send(frame: Uint8Array): boolean {
    if (this.#blocked) return false;
    if (this.#port.send(frame)) {
      this.sent += 1;
      this.#pollMs = FIRST_POLL_MS;
      return true;
    }
    this.#blocked = true;
    this.#poll();
    return false;
  }

  /** For what is not sent again by itself: the frame is copied and waits when the port is full. */
  sendOrQueue(frame: Uint8Array): void {
    if (this.send(frame)) return;
    if (this.#outbox.length < OUTBOX_FRAMES) this.#outbox.push(frame.slice());
    else this.dropped += 1;
  }

  close(): void {
    this.#unregister?.();
    this.#cancelPoll?.();
    this.#cancelPoll = undefined;
    this.#outbox.length = 0;
  }

  /** For ports that do not tell, and in case one that does has missed it. */
  #poll(): void {
    this.#cancelPoll?.();
    this.#cancelPoll = this.#clock.setTimer(this.#pollMs, () => this.#drain());
    this.#pollMs = Math.min(LAST_POLL_MS, this.#pollMs * 2);
  }

  #drain(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    this.#cancelPoll?.();
    this.#cancelPoll = undefined;
    for (;;) {
      const frame = this.#outbox[0];
      if (frame === undefined) break;
      if (!this.send(frame)) return;
      this.#outbox.shift();
    }
    this.#onReady();
  }
}
