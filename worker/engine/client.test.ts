/** The client against a scripted daemon; against the real one it is tested in worker/engine/node/. */
import { describe, expect, it } from "vitest";
import { EngineClient } from "./client";
import { ScriptedDaemon } from "./testing/scripted-daemon";

function setUp(): { daemon: ScriptedDaemon; engine: EngineClient } {
  const daemon = new ScriptedDaemon();
  return { daemon, engine: new EngineClient(daemon.dial) };
}

const summary = {
  Id: "c0ffee",
  Names: ["/web"],
  Image: "nginx",
  ImageID: "sha256:1",
  Command: "nginx",
  Created: 1,
  State: "running",
  Status: "Up 2 seconds",
  Ports: null,
  Labels: null,
  Mounts: null,
  Extra: { kept: true },
};
const event = {
  Type: "container",
  Action: "start",
  Actor: { ID: "c0ffee", Attributes: { name: "web" } },
  timeNano: 1,
};
const EVENTS_HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

describe("a call", () => {
  it("asks the daemon in its own way and takes null for empty", async () => {
    const { daemon, engine } = setUp();
    daemon.answerJson([summary]);
    const [container] = await engine.containers({ all: true, filters: { status: ["running", "paused"] } });
    expect(container).toMatchObject({
      Id: "c0ffee",
      Ports: [],
      Labels: {},
      Mounts: [],
      Extra: { kept: true },
    });
    const [connection] = daemon.connections;
    const [line] = (connection?.request() ?? "").split("\r\n");
    expect(decodeURIComponent(line ?? "")).toBe(
      'GET /v1.41/containers/json?all=true&filters={"status":["running","paused"]} HTTP/1.1',
    );
    expect(connection?.closed()).toBe(true);
  });

  it("posts JSON and does not mind that there was nothing to do", async () => {
    const { daemon, engine } = setUp();
    daemon.answer("HTTP/1.1 304 Not Modified\r\n\r\n");
    await engine.send({ method: "POST", path: "/containers/web/start", query: { t: 1 }, body: { a: "船" } });
    const request = daemon.connections[0]?.request() ?? "";
    expect(request).toContain("POST /v1.41/containers/web/start?t=1 HTTP/1.1\r\n");
    expect(request).toContain("Content-Length: 11\r\n");
  });

  it("escapes what names could smuggle in", async () => {
    const { daemon, engine } = setUp();
    daemon.answerJson({ message: "No such container" }, "404 Not Found");
    await expect(engine.container("../images?x=\r\n")).rejects.toMatchObject({
      code: "refused",
      status: 404,
    });
    await expect(engine.image("a/b:1 c")).rejects.toMatchObject({ code: "refused" });
    const targets = daemon.connections.map((connection) => connection.request().split(" ")[1]);
    expect(targets).toEqual([
      "/v1.41/containers/..%2Fimages%3Fx%3D%0D%0A/json",
      "/v1.41/images/a/b%3A1%20c/json",
    ]);
  });

  it("that is refused has the daemon's words and status", async () => {
    const { daemon, engine } = setUp();
    daemon.answerJson({ message: "No such image: x" }, "404 Not Found");
    await expect(engine.image("x")).rejects.toMatchObject({
      name: "EngineError",
      code: "refused",
      status: 404,
      message: "No such image: x",
    });
    daemon.answer("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nbusy");
    await expect(engine.ping()).rejects.toMatchObject({
      code: "refused",
      status: 500,
      message: "the daemon answered 500",
    });
  });

  it.each([
    ["not HTTP", "SMTP ready\r\n", "bad-answer"],
    ["no answer", "", "unreachable"],
    ["half an answer", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[]", "unreachable"],
    ["not JSON", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[{]}!", "bad-answer"],
    ["another shape", 'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n[{"Id": 123}]', "bad-answer"],
    ["an object for a list", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "bad-answer"],
  ])("fails by name for %s", async (_, answer, code) => {
    const { daemon, engine } = setUp();
    daemon.answer(answer);
    await expect(engine.containers()).rejects.toMatchObject({ name: "EngineError", code });
    expect(daemon.connections[0]?.closed()).toBe(true);
  });

  it("fails by name when there is no daemon", async () => {
    const { daemon, engine } = setUp();
    daemon.refusing = new Error("connect: ENOENT");
    await expect(engine.version()).rejects.toMatchObject({ code: "unreachable", message: "connect: ENOENT" });
  });

  it("ends by its signal, before and while it waits", async () => {
    const { daemon, engine } = setUp();
    await expect(engine.ping(AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
    expect(daemon.connections).toHaveLength(0);
    const abort = new AbortController();
    const ping = engine.ping(abort.signal);
    daemon.onRequest = () => abort.abort();
    await expect(ping).rejects.toMatchObject({ code: "aborted" });
    expect(daemon.connections[0]?.closed()).toBe(true);
  });
});

describe("events", () => {
  it("come one by one, however they are cut, until the daemon ends them", async () => {
    const { daemon, engine } = setUp();
    const line = JSON.stringify(event);
    daemon.onRequest = (connection, target) => {
      expect(decodeURIComponent(target)).toBe('/v1.41/events?filters={"type":["container"]}');
      connection.say(EVENTS_HEAD);
      connection.say(chunk(`${line}\n${line.slice(0, 9)}`));
      connection.say(chunk(`${line.slice(9)}\n\n`));
      connection.say("0\r\n\r\n");
    };
    const seen: string[] = [];
    const listen = async (): Promise<void> => {
      const options = { filters: { type: ["container"] }, onOpen: () => seen.push("open") };
      for await (const each of engine.events(options))
        seen.push(`${each.Action} ${each.Actor.Attributes["name"]}`);
    };
    await expect(listen()).rejects.toMatchObject({ code: "unreachable" });
    expect(seen).toEqual(["open", "start web", "start web"]);
    expect(daemon.connections[0]?.closed()).toBe(true);
  });

  it("close their connection when nobody listens any more", async () => {
    const { daemon, engine } = setUp();
    daemon.onRequest = (connection) => {
      connection.say(EVENTS_HEAD);
      connection.say(chunk(`${JSON.stringify(event)}\n`));
    };
    for await (const each of engine.events({})) {
      expect(each.Type).toBe("container");
      break;
    }
    expect(daemon.connections[0]?.closed()).toBe(true);
  });

  it("end by their signal", async () => {
    const { daemon, engine } = setUp();
    daemon.onRequest = (connection) => connection.say(EVENTS_HEAD);
    const abort = new AbortController();
    const listening = engine.events({ onOpen: () => abort.abort() }, abort.signal).next();
    await expect(listening).rejects.toMatchObject({ code: "aborted" });
  });

  it.each([
    ["not JSON", "oops\n"],
    ["another shape", '{"Type":"container"}\n'],
    ["a line without an end", "x".repeat(1_100_000)],
  ])("fail by name for %s", async (_, text) => {
    const { daemon, engine } = setUp();
    daemon.onRequest = (connection) => {
      connection.say(EVENTS_HEAD);
      connection.say(chunk(text));
    };
    await expect(engine.events({}).next()).rejects.toMatchObject({ name: "EngineError", code: "bad-answer" });
  });
});
