/** The live list of ports that running containers publish: asked for once, and again when a container comes or goes. */
import type { PublishedPort } from "../protocol";

/** What is used of the Engine API. */
export interface ContainerPorts {
  readonly Names: readonly string[];
  readonly Image: string;
  readonly Ports: readonly {
    readonly PrivatePort: number;
    readonly PublicPort?: number | undefined;
    readonly Type: string;
  }[];
}

export interface ContainerSource {
  containers(options: object, signal: AbortSignal): Promise<readonly ContainerPorts[]>;
  events(
    options: { filters: Record<string, string[]>; onOpen: () => void },
    signal: AbortSignal,
  ): AsyncIterable<unknown>;
}

export interface PortWatchOptions {
  readonly source: ContainerSource;
  readonly onPorts: (ports: readonly PublishedPort[]) => void;
  /** Milliseconds after an event before the list is asked for: several come together. */
  readonly settleMs?: number;
  /** Milliseconds before the daemon is asked again when it has gone; doubled each time up to the last. */
  readonly retryMs?: readonly [first: number, last: number];
}

const FILTERS = { type: ["container"], event: ["start", "die", "rename"] };

/** Resolves when the signal fires; a daemon that is away is waited for. Never rejects. */
export async function watchPorts(options: PortWatchOptions, signal: AbortSignal): Promise<void> {
  const { source, onPorts, settleMs = 100, retryMs = [1000, 30_000] } = options;
  let [delay] = retryMs;
  let known = "[]";
  const round: Round = {
    events: (onOpen, ending) => source.events({ filters: FILTERS, onOpen }, ending),
    settleMs,
    opened: () => {
      [delay] = retryMs;
    },
    async list() {
      const ports = publishedPorts(await source.containers({}, signal));
      const text = JSON.stringify(ports);
      if (text === known) return;
      known = text;
      onPorts(ports);
    },
  };
  for (;;) {
    await watchRound(round, signal);
    // The daemon has gone or speaks strangely: whatever the reason, it is asked again, more and more rarely.
    await pause(delay, signal);
    if (signal.aborted) return;
    delay = Math.min(delay * 2, retryMs[1]);
  }
}

interface Round {
  events(onOpen: () => void, ending: AbortSignal): AsyncIterable<unknown>;
  opened(): void;
  list(): Promise<void>;
  readonly settleMs: number;
}

/** Follows the daemon's events until they end or a list cannot be had. Never rejects. */
async function watchRound(round: Round, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const ending = new AbortController();
  const end = (): void => ending.abort();
  signal.addEventListener("abort", end);
  let listed = Promise.resolve();
  let due = false;
  const listAfter = async (before: Promise<void>, milliseconds: number): Promise<void> => {
    await before;
    await pause(milliseconds, ending.signal);
    due = false;
    if (!ending.signal.aborted) await round.list().catch(end);
  };
  /** One list at a time, and one more for what happened meanwhile. */
  const ask = (milliseconds: number): void => {
    if (due) return;
    due = true;
    listed = listAfter(listed, milliseconds);
  };
  const onOpen = (): void => {
    round.opened();
    ask(0);
  };
  try {
    for await (const _event of round.events(onOpen, ending.signal)) ask(round.settleMs);
  } catch {
    // Why is of no interest here: the next round asks again, and the list stays as it is until then.
  }
  end();
  await listed;
  signal.removeEventListener("abort", end);
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

/** Waits, or less long when the signal fires. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}
