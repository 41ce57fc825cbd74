/**
 * The daemon's events, over one connection for all listeners: on a machine this slow a second one would be dear. It
 * has no filters, since what a lesson's step asks for changes all the time.
 */
import { pause } from "../abort";
import type { EngineEvent } from "./schemas";

export interface EventListener {
  /** The daemon has begun to tell: asking now for the present state misses nothing. */
  onOpen?(): void;
  onEvent(event: EngineEvent): void;
  /** The daemon has gone. Called again with every attempt to reach it. */
  onLost?(): void;
}

export interface EventSource {
  events(onOpen: () => void, signal: AbortSignal): AsyncIterable<EngineEvent>;
}

/** Milliseconds before the daemon is asked again when it has gone; doubled each time up to the last. */
const RETRY_MS = { first: 1000, last: 4000 };

export class DockerEvents {
  readonly #listeners = new Set<EventListener>();
  #open = false;

  /** Keeps the connection until the signal fires, and makes it anew when the daemon comes back. */
  constructor(engine: EventSource, signal: AbortSignal, retryMs = RETRY_MS) {
    void this.#follow(engine, signal, retryMs);
  }

  /** The answer takes the listener away. `onOpen` is called at once when the daemon tells already. */
  listen(listener: EventListener): () => void {
    this.#listeners.add(listener);
    if (this.#open) listener.onOpen?.();
    return () => this.#listeners.delete(listener);
  }

  async #follow(engine: EventSource, signal: AbortSignal, retryMs: typeof RETRY_MS): Promise<void> {
    let delay = retryMs.first;
    const onOpen = (): void => {
      delay = retryMs.first;
      this.#open = true;
      for (const listener of this.#listeners) listener.onOpen?.();
    };
    do {
      try {
        for await (const event of engine.events(onOpen, signal))
          for (const listener of this.#listeners) listener.onEvent(event);
      } catch {
        // The daemon has gone, as lessons may ask for, or speaks strangely: whatever the reason, it is asked again.
      }
      this.#open = false;
      if (!signal.aborted) for (const listener of this.#listeners) listener.onLost?.();
      await pause(delay, signal);
      delay = Math.min(delay * 2, retryMs.last);
    } while (!signal.aborted);
  }
}
