/** The live list of ports that running containers publish: asked for once, and again when a container comes or goes. */
import { onAbort } from "../abort";
import type { DockerEvents } from "../docker/events";
import type { ContainerSummary } from "../docker/schemas";
import type { PublishedPort } from "../../contract/protocol";

/** What is used of a container. */
export type ContainerPorts = Pick<ContainerSummary, "Names" | "Image" | "Ports">;

export interface PortWatchOptions {
  readonly engine: { containers(signal: AbortSignal): Promise<readonly ContainerPorts[]> };
  readonly events: Pick<DockerEvents, "listen">;
  readonly onPorts: (ports: readonly PublishedPort[]) => void;
  /** Milliseconds after an event before the list is asked for: several come together. */
  readonly settleMs?: number;
  /** Milliseconds before a list that could not be had is asked for again; doubled each time up to the last. */
  readonly retryMs?: readonly [first: number, last: number];
}

const ACTIONS = ["start", "die", "rename"];

/** Until the signal fires. What cannot be had is asked for again, and the list stays as it is until then. */
export function watchPorts(options: PortWatchOptions, signal: AbortSignal): void {
  const { engine, events, onPorts, settleMs = 100, retryMs = [1000, 30_000] } = options;
  let [delay] = retryMs;
  let known = "[]";
  let dueAt = Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let listing = false;
  /** A look that is due sooner stays. */
  const ask = (milliseconds: number): void => {
    const at = performance.now() + milliseconds;
    if (at >= dueAt || signal.aborted) return;
    dueAt = at;
    clearTimeout(timer);
    timer = setTimeout(() => void look(), milliseconds);
  };
  const look = async (): Promise<void> => {
    dueAt = Infinity;
    if (listing) {
      // One list at a time, and one more for what happened meanwhile.
      ask(settleMs);
      return;
    }
    listing = true;
    try {
      tell(publishedPorts(await engine.containers(signal)));
      [delay] = retryMs;
    } catch {
      // The daemon has gone, or has too much to do.
      ask(delay);
      delay = Math.min(delay * 2, retryMs[1]);
    }
    listing = false;
  };
  const tell = (ports: readonly PublishedPort[]): void => {
    const text = JSON.stringify(ports);
    if (text === known || signal.aborted) return;
    known = text;
    onPorts(ports);
  };
  if (signal.aborted) return;
  const forget = events.listen({
    onOpen: () => ask(0),
    onEvent: ({ Type, Action }) => {
      if (Type === "container" && ACTIONS.includes(Action)) ask(settleMs);
    },
  });
  onAbort(signal, () => {
    clearTimeout(timer);
    forget();
  });
}

/** Each port once, in order: a port on all IPv4 and on all IPv6 addresses comes twice from Docker. */
export function publishedPorts(containers: readonly ContainerPorts[]): PublishedPort[] {
  const ports = new Map<number, PublishedPort>();
  for (const { Names, Image, Ports } of containers) {
    const container = (Names[0] ?? "").replace(/^\//u, "");
    for (const { PublicPort, PrivatePort, Type } of Ports) {
      if (PublicPort === undefined || PublicPort === 0 || Type !== "tcp" || ports.has(PublicPort)) continue;
      ports.set(PublicPort, { port: PublicPort, containerPort: PrivatePort, container, image: Image });
    }
  }
  return [...ports.values()].sort((a, b) => a.port - b.port);
}
