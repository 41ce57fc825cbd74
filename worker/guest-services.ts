/** What the worker does inside a running guest beside its consoles: published ports, and pages from them. */
import { engineBehind } from "./docker/engine";
import { DockerEvents } from "./docker/events";
import type { ByteConnection } from "./http/connection";
import { hasCode, messageOf } from "../contract/errors";
import { GUEST_ADDRESS } from "./machine/network";
import type { Machine } from "./machine/machine";
import type { GuestRequest } from "../contract/guest-request";
import type { GuestService, MachineEvent, PublishedPort } from "../contract/protocol";
import { answerRequest, type AnswerPort } from "./ports/answer-port";
import { GuestHttpError } from "./ports/errors";
import { GuestHttp } from "./ports/guest-http";
import { watchPorts } from "./ports/published-ports";

type GuestNetwork = Pick<Machine, "lan" | "agent">;

export class GuestServices implements GuestService {
  /** The machine's one stream of them. */
  readonly events: DockerEvents;
  readonly #http: GuestHttp;
  readonly #end = new AbortController();

  constructor(machine: GuestNetwork, emit: (event: MachineEvent) => void) {
    const { signal } = this.#end;
    const engine = engineBehind(machine.agent);
    this.events = new DockerEvents(engine, signal);
    this.#http = new GuestHttp({ dial: (port, ending) => dialPort(machine, port, ending) });
    const onPorts = (ports: readonly PublishedPort[]): void => emit({ type: "ports", ports });
    watchPorts({ engine, events: this.events, onPorts }, signal);
  }

  /** The answer goes to the port, and so does what goes wrong on the way. */
  request(request: GuestRequest, answer: AnswerPort): void {
    void answerRequest(this.#http, request, answer);
  }

  /** When the machine goes and the worker stays. */
  close(): void {
    this.#end.abort();
  }

  setCookie(url: string, cookie: string): void {
    this.#http.setCookie(url, cookie);
  }
}

/**
 * A connection to a port of the guest: over the LAN, as from another computer, or else over the guest's own loopback,
 * where `-p 127.0.0.1:80:80` listens: the learner's browser plays the one on the Docker host.
 * @throws GuestHttpError `refused`, `no-answer`, `closed`
 */
async function dialPort(machine: GuestNetwork, port: number, signal: AbortSignal): Promise<ByteConnection> {
  try {
    const connection = await machine.lan.connect({ address: GUEST_ADDRESS, port }, signal);
    const { readable, writable } = connection;
    return { readable, writable, close: () => connection.abort() };
  } catch (error) {
    signal.throwIfAborted();
    if (hasCode(error, "timeout", "unreachable"))
      throw new GuestHttpError("no-answer", messageOf(error), { cause: error });
    if (!hasCode(error, "refused")) throw new GuestHttpError("closed", messageOf(error), { cause: error });
  }
  try {
    return await machine.agent.connectTcp(port, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new GuestHttpError("refused", `nothing listens on port ${port}`, { cause: error });
  }
}
