import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PublishedPort } from "../../contract/protocol";
import { DockerEvents } from "../docker/events";
import { ScriptedEvents } from "../docker/testing/scripted-events";
import { publishedPorts, watchPorts, type ContainerPorts } from "./published-ports";

const web: ContainerPorts = {
  Names: ["/web"],
  Image: "nginx",
  Ports: [
    { PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
    { PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
    { PrivatePort: 443, Type: "tcp" },
    { PrivatePort: 53, PublicPort: 53, Type: "udp" },
  ],
};
const api: ContainerPorts = {
  Names: [],
  Image: "api",
  Ports: [{ PrivatePort: 3000, PublicPort: 80, Type: "tcp" }],
};

describe("published ports", () => {
  it("are TCP, public, each once, and in order", () => {
    expect(publishedPorts([web, api])).toEqual([
      { port: 80, containerPort: 3000, container: "", image: "api" },
      { port: 8080, containerPort: 80, container: "web", image: "nginx" },
    ]);
    expect(publishedPorts([])).toEqual([]);
  });
});

/** A daemon that has the containers that it is told to have. */
class Daemon extends ScriptedEvents {
  running: readonly ContainerPorts[] = [];
  lists = 0;
  failLists = false;

  containers = (): Promise<readonly ContainerPorts[]> => {
    this.lists += 1;
    return this.failLists ? Promise.reject(new Error("busy")) : Promise.resolve(this.running);
  };
}

function watch(daemon: Daemon, abort: AbortController): PublishedPort[][] {
  const seen: PublishedPort[][] = [];
  const onPorts = (ports: readonly PublishedPort[]): void => void seen.push([...ports]);
  const events = new DockerEvents(daemon, abort.signal, { first: 5, last: 20 });
  watchPorts({ engine: daemon, events, onPorts, settleMs: 5, retryMs: [5, 20] }, abort.signal);
  return seen;
}

describe("the watch", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("tells of what is there, and of every change, and asks for nothing in between", async () => {
    const daemon = new Daemon();
    daemon.running = [web];
    const abort = new AbortController();
    const seen = watch(daemon, abort);
    await vi.waitFor(() => expect(seen.length).toBe(1));
    daemon.running = [web, api];
    daemon.tell("start");
    await vi.waitFor(() => expect(seen.at(-1)?.map(({ port }) => port)).toEqual([80, 8080]));
    daemon.running = [];
    daemon.tell("die");
    await vi.waitFor(() => expect(seen.at(-1)).toEqual([]));
    const { lists } = daemon;
    daemon.tell("exec_start: sh");
    daemon.tell("start", "network");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(daemon.lists).toBe(lists);
    // Nothing new to tell.
    daemon.tell("rename");
    await vi.waitFor(() => expect(daemon.lists).toBe(lists + 1));
    expect(seen).toHaveLength(3);
    abort.abort();
    expect(daemon.streams).toBe(1);
  });

  it("comes back when the daemon does, or when a list could not be had", async () => {
    const daemon = new Daemon();
    const abort = new AbortController();
    const seen = watch(daemon, abort);
    await vi.waitFor(() => expect(daemon.lists).toBe(1));
    daemon.end();
    await vi.waitFor(() => expect(daemon.streams).toBe(2));
    daemon.failLists = true;
    daemon.running = [api];
    daemon.tell("start");
    const { lists } = daemon;
    await vi.waitFor(() => expect(daemon.lists).toBeGreaterThan(lists + 2));
    daemon.failLists = false;
    await vi.waitFor(() => expect(seen.at(-1)?.[0]?.port).toBe(80));
    abort.abort();
  });

  it("ends at once when it is not wanted any more", async () => {
    const daemon = new Daemon();
    const abort = new AbortController();
    abort.abort();
    watch(daemon, abort);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(daemon.lists).toBe(0);
  });
});
