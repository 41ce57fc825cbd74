import type { Clock } from "../clock";
import type { TcpConnection } from "./connection";

/** Segments that a connection sends before the next one has its turn. */
const TURN = 64;

/** The connections that have something to send, each in its turn. */
export class SendQueue {
  readonly #clock: Clock;
  #waiting: TcpConnection[] = [];
  #scheduled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(tcp: TcpConnection): void {
    this.#append(tcp);
    this.schedule();
  }

  /** Goes on soon: after the burst of frames that is under way, so that one answer serves it all. */
  schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    this.#clock.defer(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** Round and round, until all is sent or the port is full. */
  #flush(): void {
    while (this.#waiting.length > 0) {
      const turn = this.#waiting;
      this.#waiting = [];
      for (const [index, tcp] of turn.entries()) {
        tcp.queued = false;
        const end = tcp.flush(TURN);
        if (end === "done") continue;
        this.#append(tcp);
        if (end === "blocked") {
          // The others come first when the port is free again.
          this.#waiting = [...turn.slice(index + 1), ...this.#waiting];
          return;
        }
      }
    }
  }

  #append(tcp: TcpConnection): void {
    if (tcp.queued) return;
    tcp.queued = true;
    this.#waiting.push(tcp);
  }
}
