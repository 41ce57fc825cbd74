/** For tests: a daemon whose events come when they are told. */
import type { EngineEvent } from "../schemas";

export class ScriptedEvents {
  /** How many streams were opened. */
  streams = 0;
  /** No stream can be had. */
  away = false;
  #tell: (event: EngineEvent | undefined) => void = () => undefined;

  async *events(onOpen: () => void, signal: AbortSignal): AsyncGenerator<EngineEvent, never> {
    this.streams += 1;
    if (this.away) throw new Error("there is no daemon");
    onOpen();
    for (;;) {
      const event = await new Promise<EngineEvent | undefined>((resolve) => {
        this.#tell = resolve;
        signal.addEventListener("abort", () => resolve(undefined));
      });
      if (event === undefined) throw new Error("the daemon has gone");
      yield event;
    }
  }

  tell(Action: string, Type = "container"): void {
    this.#tell({ Type, Action, Actor: { Attributes: {} } });
  }

  end(): void {
    this.#tell(undefined);
  }
}
