import { afterEach, describe, expect, it, vi } from "vitest";
import { DrydockError, type ErrorCode } from "../../contract/errors";
import { PROTOCOL_VERSION } from "../../contract/protocol";
import { isRunning, MachineClient } from "./machine-client";
import { TestClock, TestWorker } from "./testing/test-worker";
import { WORKER_SCRIPT } from "./worker-link";

const open: MachineClient[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

function setUp(workers: TestWorker[] = [new TestWorker()]) {
  const clock = new TestClock();
  const made: TestWorker[] = [];
  let unfit: DrydockError | undefined;
  const client = new MachineClient({
    createWorker: () => {
      const worker = workers[made.length];
      if (worker === undefined) throw new Error("no worker left");
      made.push(worker);
      return worker;
    },
    startOptions: () => ({
      guestUrl: "https://example.test/guest/",
      wasmUrl: "https://example.test/v86.wasm",
    }),
    checkBrowser: () => unfit,
    clock,
  });
  open.push(client);
  const kinds: string[] = [];
  client.subscribe(() => kinds.push(client.getSnapshot().status.kind));
  const setUnfit = (error: DrydockError | undefined): void => {
    unfit = error;
  };
  return { client, clock, made, kinds, setUnfit };
}

const codeOf = (client: MachineClient): ErrorCode | undefined => {
  const { status } = client.getSnapshot();
  return status.kind === "failed" ? status.error.code : undefined;
};

const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("MachineClient", () => {
  it("greets, starts and follows the status", async () => {
    const { client, made, kinds } = setUp();
    await client.start();
    expect(made[0]?.calls).toEqual([`handshake ${PROTOCOL_VERSION}`, "start https://example.test/guest/"]);
    expect(kinds).toEqual(["loading", "loading", "ready"]);
    expect(client.getSnapshot().status).toEqual({ kind: "ready" });
  });

  it("makes no worker in a browser that cannot run it, and tries again when asked", async () => {
    const { client, made, setUnfit } = setUp();
    setUnfit(new DrydockError("no-webassembly", "none", { subject: "WebAssembly" }));
    await client.start();
    expect(codeOf(client)).toBe("no-webassembly");
    expect(made).toEqual([]);
    setUnfit(undefined);
    await client.start();
    expect(client.getSnapshot().status.kind).toBe("ready");
  });

  it("refuses a worker of another version before anything else is called", async () => {
    const worker = new TestWorker();
    worker.version = PROTOCOL_VERSION + 1;
    const { client } = setUp([worker]);
    await client.start();
    expect(codeOf(client)).toBe("version-mismatch");
    expect(worker.calls).toEqual([`handshake ${PROTOCOL_VERSION}`]);
  });

  it("says worker-died when the handshake is not answered", async () => {
    const { client, clock, made } = setUp([new TestWorker(false)]);
    const started = client.start();
    await vi.waitFor(() => expect(clock.once.size).toBe(1));
    for (const run of clock.once) run();
    await started;
    expect(codeOf(client)).toBe("worker-died");
    expect(made[0]?.terminated).toBe(true);
  });

  it("rejects pending calls and says worker-died when the worker crashes; start makes a new worker", async () => {
    const { client, made } = setUp([new TestWorker(), new TestWorker()]);
    await client.start();
    const pause = client.pause();
    const typing = failureOf(client.consoles.input(1, new TextEncoder().encode("x")));
    made[0]?.crash();
    await pause;
    expect(await typing).toMatchObject({ code: "worker-died", subject: undefined });
    expect(client.isTouched).toBe(true);
    expect(codeOf(client)).toBe("worker-died");
    expect(made[0]?.terminated).toBe(true);
    await client.start();
    expect(client.isTouched).toBe(false);
    expect(made.length).toBe(2);
    expect(client.getSnapshot().status.kind).toBe("ready");
  });

  it("tells a script that could not be loaded from a worker that died", async () => {
    const { client, made } = setUp([new TestWorker(false)]);
    const started = client.start();
    await vi.waitFor(() => expect(made[0]?.calls).toHaveLength(1));
    made[0]?.crash();
    await started;
    const { status } = client.getSnapshot();
    expect(status).toMatchObject({ kind: "failed", error: { code: "worker-died", subject: WORKER_SCRIPT } });
  });

  it("says worker-died when the worker falls silent", async () => {
    const { client, clock } = setUp();
    await client.start();
    for (let i = 0; i < 100; i += 1) for (const tick of [...clock.repeated]) tick();
    expect(codeOf(client)).toBe("worker-died");
  });

  it("says worker-died when an event makes no sense", async () => {
    const { client, made } = setUp();
    await client.start();
    made[0]?.post({ type: "console", console: 9 });
    await vi.waitFor(() => expect(codeOf(client)).toBe("worker-died"));
    const { status } = client.getSnapshot();
    expect(status.kind === "failed" && status.error.message).toContain("an event of unknown shape");
  });

  it.each([
    ["network", 1],
    ["bad-chunk", 1],
    ["bad-manifest", 1],
    ["internal", 2],
    ["out-of-memory", 2],
    ["agent", 2],
  ] as const)("after %s it goes on with %i worker(s) in all", async (code, workers) => {
    const first = new TestWorker();
    first.onStart = () => Promise.reject(new DrydockError(code, "it failed", { subject: "thing" }));
    const { client, made } = setUp([first, new TestWorker()]);
    await client.start();
    expect(client.getSnapshot().status).toMatchObject({ kind: "failed", error: { code, subject: "thing" } });
    first.onStart = async () => {
      first.status({ kind: "ready" });
      await first.delivered();
    };
    await client.start();
    expect(client.getSnapshot().status.kind).toBe("ready");
    expect(made.length).toBe(workers);
  });

  it("starts once when asked twice", async () => {
    const { client, made } = setUp();
    await Promise.all([client.start(), client.start()]);
    expect(made[0]?.calls.filter((call) => call.startsWith("start"))).toHaveLength(1);
  });

  it("keeps output for a terminal that comes late, and resets it before the new machine's output", async () => {
    const second = new TestWorker();
    second.onStart = async () => {
      second.output(0, "new");
      second.status({ kind: "ready" });
      await second.delivered();
    };
    const { client, made } = setUp([new TestWorker(), second]);
    await client.start();
    made[0]?.output(0, "early");
    made[0]?.output(1, "other");
    await made[0]?.delivered();
    const seen: string[] = [];
    client.attach({
      onBytes: (console, bytes) => seen.push(`${console} ${new TextDecoder().decode(bytes)}`),
      onReset: () => seen.push("reset"),
      onRestore: (place) => seen.push(`restore ${place ?? ""}`),
    });
    expect(seen).toEqual(["0 early", "1 other"]);
    const left = failureOf(client.consoles.input(1, new TextEncoder().encode("x")));
    await client.restart();
    expect(await left).toMatchObject({ code: "aborted" });
    expect(made[0]?.terminated).toBe(true);
    made[0]?.output(0, "too late");
    await second.delivered();
    expect(seen).toEqual(["0 early", "1 other", "reset", "0 new"]);
    expect(client.getSnapshot().status.kind).toBe("ready");
  });

  it("can be asked for kept machines before one is started, and starts the one that is chosen", async () => {
    const { client, made, kinds } = setUp();
    await client.open();
    expect(await client.sessions.list(client.guestUrl)).toEqual([]);
    expect(kinds).toEqual(["idle"]);
    const seen: string[] = [];
    client.attach({
      onBytes: (_console, bytes) => seen.push(new TextDecoder().decode(bytes)),
      onReset: () => seen.push("reset"),
      onRestore: (place) => seen.push(`restore ${place ?? ""}`),
    });
    const [worker] = made;
    if (worker === undefined) throw new Error("no worker");
    worker.onStart = async () => {
      worker.output(0, "kept screen");
      worker.status({ kind: "ready" });
      await worker.delivered();
    };
    await client.start({ kind: "kept", id: "abc", takeOver: true, place: "there" });
    expect(made).toHaveLength(1);
    expect(worker.sessions).toEqual([{ id: "abc", takeOver: true }]);
    expect(seen).toEqual(["restore there", "kept screen"]);
    // It is as it was left, and no clean machine.
    expect(client.isTouched).toBe(true);
  });

  it("tries the same machine again after a failure, and begins anew with a clean one", async () => {
    const second = new TestWorker();
    const third = new TestWorker();
    const { client, made } = setUp([new TestWorker(), second, third]);
    await client.start({ kind: "kept", id: "abc", takeOver: false, place: undefined });
    made[0]?.crash();
    await client.start();
    expect(second.sessions).toEqual([{ id: "abc", takeOver: false }]);
    await client.restart();
    expect(third.sessions).toEqual(["new"]);
    expect(client.isTouched).toBe(false);
  });

  it("tells why it cannot be asked for kept machines", async () => {
    const worker = new TestWorker();
    worker.version = PROTOCOL_VERSION + 1;
    const { client } = setUp([worker]);
    await expect(client.open()).rejects.toMatchObject({ code: "version-mismatch" });
    expect(codeOf(client)).toBe("version-mismatch");
  });

  it("follows how the machine is kept, and passes on marks, going back and what changes it", async () => {
    const { client, made } = setUp();
    await client.start();
    const heard: string[] = [];
    client.listen({
      onSaveMark: (saveId) => heard.push(`mark ${saveId}`),
      onRewound: (place) => heard.push(`rewound ${place ?? ""}`),
      onActivity: (activity) => heard.push(activity),
    });
    const seen: string[] = [];
    client.attach({
      onBytes: (_console, bytes) => seen.push(new TextDecoder().decode(bytes)),
      onReset: () => seen.push("reset"),
      onRestore: (place) => seen.push(`restore ${place ?? ""}`),
    });
    const session = { kind: "saved", sessionId: "abc", savedAt: 5, bytes: 7 } as const;
    made[0]?.output(0, "before");
    made[0]?.post({ type: "save-mark", saveId: 3 });
    made[0]?.post({ type: "session", session });
    made[0]?.post({ type: "rewound", pointId: "p", place: "then" });
    made[0]?.output(0, "screen of then");
    await made[0]?.delivered();
    await client.consoles.input(0, new TextEncoder().encode("x"));
    expect(client.getSnapshot().session).toEqual(session);
    expect(heard).toEqual(["output", "mark 3", "rewound then", "output", "input"]);
    expect(seen).toEqual(["before", "restore then", "screen of then"]);
  });

  it("passes typing on, and a refused call's error to its caller alone", async () => {
    const { client, made } = setUp();
    await client.start();
    expect(client.isTouched).toBe(false);
    await client.consoles.input(2, new TextEncoder().encode("你好\r"));
    expect(client.isTouched).toBe(true);
    await client.consoles.resize(0, 120, 40);
    expect(made[0]?.calls.slice(2)).toEqual(["input 2 你好\r", "resize 0 120x40"]);
    await expect(client.consoles.resize(0, 0, 40)).rejects.toMatchObject({
      code: "internal",
      message: "no columns",
    });
    expect(client.getSnapshot().status.kind).toBe("ready");
  });

  it("takes a command that comes too late for none, and shows what breaks the machine", async () => {
    const { client } = setUp();
    await client.start();
    await client.resume();
    expect(client.getSnapshot().status.kind).toBe("ready");
    await client.retryDisk();
    expect(codeOf(client)).toBe("bad-chunk");
  });

  it("sets the relay before the machine starts, and in one that runs", async () => {
    const { client, made } = setUp();
    await client.setRelay("wss://relay/");
    await client.start();
    expect(made[0]?.calls.slice(1).map((call) => call.split(" ")[0])).toEqual(["relay", "start"]);
    await client.setRelay("wss://relay/");
    await client.setRelay(undefined);
    expect(made[0]?.calls.slice(3)).toEqual(["relay off"]);
  });

  it("shows a registry's failure until the learner has read it", async () => {
    const { client, made } = setUp();
    await client.start();
    made[0]?.post({ type: "registry-failure", failure: { kind: "full", message: "no room" } });
    await vi.waitFor(() => expect(client.getSnapshot().registryFailure?.message).toBe("no room"));
    client.dismissRegistryFailure();
    expect(client.getSnapshot().registryFailure).toBeUndefined();
    made[0]?.post({ type: "registry-failure", failure: { kind: "full", message: "no room" } });
    await vi.waitFor(() => expect(client.getSnapshot().registryFailure).toBeDefined());
    await client.dropPushedImages();
    expect(made[0]?.calls).toContain("drop images");
    expect(client.getSnapshot().registryFailure).toBeUndefined();
    expect(client.getSnapshot().status.kind).toBe("ready");
  });

  it("passes on what is said of images", async () => {
    const { client, made } = setUp();
    await client.start();
    const heard = vi.fn();
    const forget = client.onImageNotice(heard);
    made[0]?.post({ type: "image-notice", notice: { kind: "platform", platform: "linux/amd64" } });
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith({ kind: "platform", platform: "linux/amd64" }));
    forget();
  });

  it("shows and clears a disk fault, and how much is there for offline use", async () => {
    const { client, made } = setUp();
    await client.start();
    made[0]?.post({
      type: "disk-fault",
      fault: { error: { code: "bad-chunk", message: "x", subject: "c0ffee" } },
    });
    made[0]?.post({ type: "prefetch", bytes: 3, total: 4 });
    await vi.waitFor(() => expect(client.getSnapshot().prefetch).toEqual({ bytes: 3, total: 4 }));
    expect(client.getSnapshot().fault?.error.subject).toBe("c0ffee");
    made[0]?.post({ type: "disk-fault", fault: undefined });
    await vi.waitFor(() => expect(client.getSnapshot().fault).toBeUndefined());
  });

  it("knows the published ports, until the machine is gone", async () => {
    const { client, made } = setUp();
    await client.start();
    const ports = [{ port: 8080, containerPort: 80, container: "web", image: "nginx" }];
    made[0]?.post({ type: "ports", ports });
    await vi.waitFor(() => expect(client.getSnapshot().ports).toEqual(ports));
    made[0]?.crash();
    expect(client.getSnapshot().ports).toEqual([]);
  });

  it("passes a page's requests on, with the port for the answer", async () => {
    const { client, made } = setUp();
    await client.start();
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
    const request = { method: "GET", url: "http://localhost/", headers: [], redirect: "follow" } as const;
    await client.guest.request(request, port2);
    await client.guest.setCookie("http://localhost/", "a=1");
    expect(await answer).toMatchObject({ type: "failed", failure: "refused" });
    expect(made[0]?.calls.slice(2)).toEqual(["request http://localhost/", "cookie http://localhost/ a=1"]);
    port1.close();
  });

  it("passes a lesson's wishes on, and tells how its step stands", async () => {
    const { client, made } = setUp();
    await client.start();
    const heard: string[] = [];
    const stop = client.onStep((step, result) => heard.push(`${step} ${result.step.state}`));
    await client.lesson.watchStep({ step: "a/b", checks: [], needs: [], sinceMs: 0, answers: {} });
    await client.lesson.checkNow();
    expect(await client.lesson.perform({ type: "end" })).toEqual({ status: 0, output: "end" });
    expect(made[0]?.calls.slice(2)).toEqual(["watch a/b", "check", "perform end"]);
    made[0]?.post({ type: "step", step: "a/b", result: { step: { state: "pass" }, checks: [] } });
    await vi.waitFor(() => expect(heard).toEqual(["a/b pass"]));
    stop();
  });

  it("refuses calls before the start", async () => {
    const { client } = setUp();
    await client.pause();
    await expect(client.consoles.resize(0, 80, 24)).rejects.toMatchObject({ code: "bad-request" });
  });
});

describe("isRunning", () => {
  it("is so for a machine that is held, too", () => {
    expect(isRunning({ kind: "ready" })).toBe(true);
    expect(isRunning({ kind: "paused" })).toBe(true);
    expect(isRunning({ kind: "booting" })).toBe(false);
  });
});
