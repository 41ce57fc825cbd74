/** The engine against a scripted daemon; against the real one it is tested in node/. */
import { describe, expect, it } from "vitest";
import { DockerEngine } from "./engine";
import { ScriptedDaemon } from "./testing/scripted-daemon";

function setUp(): { daemon: ScriptedDaemon; engine: DockerEngine } {
  const daemon = new ScriptedDaemon();
  return { daemon, engine: new DockerEngine(daemon.dial) };
}

const summary = {
  Id: "c0ffee",
  Names: ["/web"],
  Image: "nginx",
  State: "running",
  Ports: null,
  Labels: null,
};
const event = { Type: "container", Action: "start", Actor: { ID: "c0ffee", Attributes: { name: "web" } } };
const EVENTS_HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

describe("a question", () => {
  it("is asked in the daemon's own way, and null is taken for empty", async () => {
    const { daemon, engine } = setUp();
    daemon.answerJson([summary]);
    expect(await engine.containers()).toEqual([{ ...summary, Ports: [], Labels: {} }]);
    const [connection] = daemon.connections;
    expect(connection?.request().split("\r\n")[0]).toBe("GET /v1.41/containers/json HTTP/1.1");
    expect(connection?.closed()).toBe(true);
  });

  it("has its answer whatever the status is, but a list only by a good one", async () => {
    const { daemon, engine } = setUp();
    daemon.answerJson({ message: "No such image: x" }, "404 Not Found");
    const { status, body } = await engine.get("/images/x/json");
    expect([status, new TextDecoder().decode(body)]).toEqual([404, '{"message":"No such image: x"}']);
    daemon.answer("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nbusy");
    await expect(engine.containers()).rejects.toMatchObject({ name: "EngineError", code: "refused" });
    await expect(engine.events(() => undefined).next()).rejects.toMatchObject({ code: "refused" });
  });

  it.each([
    ["not HTTP", "SMTP ready\r\n", "bad-answer"],
    ["no answer", "", "unreachable"],
    ["half an answer", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[]", "unreachable"],
    ["an endless answer", `HTTP/1.1 200 OK\r\n\r\n${" ".repeat(9_000_000)}`, "bad-answer"],
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
    await expect(engine.get("/version")).rejects.toMatchObject({
      code: "unreachable",
      message: "connect: ENOENT",
    });
  });

  it("ends by its signal, before and while it waits", async () => {
    const { daemon, engine } = setUp();
    await expect(engine.get("/_ping", AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
    expect(daemon.connections).toHaveLength(0);
    const abort = new AbortController();
    const ping = engine.get("/_ping", abort.signal);
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
      expect(target).toBe("/v1.41/events");
      connection.say(EVENTS_HEAD);
      connection.say(chunk(`${line}\n${line.slice(0, 9)}`));
      connection.say(chunk(`${line.slice(9)}\n\n`));
      connection.say("0\r\n\r\n");
    };
    const seen: string[] = [];
    const listen = async (): Promise<void> => {
      for await (const each of engine.events(() => void seen.push("open")))
        seen.push(`${each.Action} ${each.Actor.Attributes["name"]}`);
    };
    await expect(listen()).rejects.toMatchObject({ code: "unreachable" });
    expect(seen).toEqual(["open", "start web", "start web"]);
    expect(daemon.connections[0]?.closed()).toBe(true);
  });

  it("close their connection with the last listener", async () => {
    const { daemon, engine } = setUp();
    daemon.onRequest = (connection) => {
      connection.say(EVENTS_HEAD);
      connection.say(chunk(`${JSON.stringify(event)}\n`));
    };
    for await (const each of engine.events(() => undefined)) {
      expect(each.Type).toBe("container");
      break;
    }
    expect(daemon.connections[0]?.closed()).toBe(true);
  });

  it("end by their signal", async () => {
    const { daemon, engine } = setUp();
    daemon.onRequest = (connection) => connection.say(EVENTS_HEAD);
    const abort = new AbortController();
    const listening = engine.events(() => abort.abort(), abort.signal).next();
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
    await expect(engine.events(() => undefined).next()).rejects.toMatchObject({
      name: "EngineError",
      code: "bad-answer",
    });
  });
});
