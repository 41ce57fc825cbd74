import { describe, expect, it } from "vitest";
import type { PublishedPort } from "../protocol";
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
class Daemon {
  running: readonly ContainerPorts[] = [];
  lists = 0;
  streams = 0;
  failLists = false;
  #tell: (event: "event" | "end") => void = () => undefined;

  containers = (): Promise<readonly ContainerPorts[]> => {
    this.lists += 1;
    return this.failLists ? Promise.reject(new Error("busy")) : Promise.resolve(this.running);
  };

  async *events(options: { onOpen: () => void }, signal: AbortSignal): AsyncGenerator<object, never> {
    this.streams += 1;
    options.onOpen();
    for (;;) {
      const what = await new Promise<string>((resolve) => {
        this.#tell = resolve;
        signal.addEventListener("abort", () => resolve("end"));
      });
      if (what === "end") throw new Error("the daemon has gone");
      yield {};
    }
  }

  tell(what: "event" | "end"): void {
    this.#tell(what);
  }
}

function watch(daemon: Daemon): { seen: PublishedPort[][]; end: () => Promise<void> } {
  const seen: PublishedPort[][] = [];
  const abort = new AbortController();
  const onPorts = (ports: readonly PublishedPort[]): void => void seen.push([...ports]);
  const over = watchPorts({ source: daemon, onPorts, settleMs: 5, retryMs: [5, 20] }, abort.signal);
  return {
    seen,
    end: () => {
      abort.abort();
      return over;
    },
  };
}

describe("the watch", () => {
  it("tells of what is there, and of every change, and asks for nothing in between", async () => {
    const daemon = new Daemon();
    daemon.running = [web];
    const { seen, end } = watch(daemon);
    await expect.poll(() => seen.length).toBe(1);
    daemon.running = [web, api];
    daemon.tell("event");
    await expect.poll(() => seen.at(-1)?.map(({ port }) => port)).toEqual([80, 8080]);
    daemon.running = [];
    daemon.tell("event");
    await expect.poll(() => seen.at(-1)).toEqual([]);
    const { lists } = daemon;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(daemon.lists).toBe(lists);
    // Nothing new to tell.
    daemon.tell("event");
    await expect.poll(() => daemon.lists).toBe(lists + 1);
    expect(seen).toHaveLength(3);
    await end();
    expect(daemon.streams).toBe(1);
  });

  it("comes back when the daemon does, or when a list could not be had", async () => {
    const daemon = new Daemon();
    const { seen, end } = watch(daemon);
    await expect.poll(() => daemon.lists).toBe(1);
    daemon.tell("end");
    await expect.poll(() => daemon.streams).toBe(2);
    daemon.failLists = true;
    daemon.running = [api];
    daemon.tell("event");
    await expect.poll(() => daemon.streams).toBeGreaterThan(2);
    daemon.failLists = false;
    await expect.poll(() => seen.at(-1)?.[0]?.port).toBe(80);
    await end();
  });

  it("ends at once when it is not wanted any more", async () => {
    const daemon = new Daemon();
    const abort = new AbortController();
    abort.abort();
    await watchPorts({ source: daemon, onPorts: () => undefined }, abort.signal);
    expect(daemon.lists).toBe(0);
  });
});
