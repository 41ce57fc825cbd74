import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DockerEvents } from "./events";
import { ScriptedEvents } from "./testing/scripted-events";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function listen(events: DockerEvents): { seen: string[]; forget: () => void } {
  const seen: string[] = [];
  const forget = events.listen({
    onOpen: () => seen.push("open"),
    onEvent: ({ Action }) => seen.push(Action),
    onLost: () => seen.push("lost"),
  });
  return { seen, forget };
}

describe("the daemon's events", () => {
  it("come to everybody over one connection", async () => {
    const daemon = new ScriptedEvents();
    const abort = new AbortController();
    const events = new DockerEvents(daemon, abort.signal);
    const [one, other] = [listen(events), listen(events)];
    await vi.advanceTimersByTimeAsync(10);
    daemon.tell("start");
    await vi.advanceTimersByTimeAsync(10);
    other.forget();
    daemon.tell("die");
    await vi.advanceTimersByTimeAsync(10);
    expect(one.seen).toEqual(["open", "start", "die"]);
    expect(other.seen).toEqual(["open", "start"]);
    expect(daemon.streams).toBe(1);
    abort.abort();
  });

  it("are asked for again while the daemon is away, more rarely each time, and every attempt is told", async () => {
    const daemon = new ScriptedEvents();
    const abort = new AbortController();
    const { seen } = listen(new DockerEvents(daemon, abort.signal));
    await vi.advanceTimersByTimeAsync(10);
    daemon.away = true;
    daemon.end();
    await vi.advanceTimersByTimeAsync(6999);
    expect(daemon.streams).toBe(3);
    daemon.away = false;
    await vi.advanceTimersByTimeAsync(10);
    expect(seen).toEqual(["open", "lost", "lost", "lost", "open"]);
    daemon.end();
    await vi.advanceTimersByTimeAsync(1001);
    expect(daemon.streams).toBe(5);
    abort.abort();
  });

  it("are not asked for any more when the signal has fired", async () => {
    const daemon = new ScriptedEvents();
    const abort = new AbortController();
    const { seen } = listen(new DockerEvents(daemon, abort.signal));
    await vi.advanceTimersByTimeAsync(10);
    abort.abort();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([daemon.streams, seen]).toEqual([1, ["open"]]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
