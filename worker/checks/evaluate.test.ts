import { describe, expect, it } from "vitest";
import type { StepRequest } from "./request";
import { evaluateStep, type Evaluation } from "./evaluate";
import type { Check } from "./kinds";
import { container, ScriptedDoors } from "./testing/scripted-doors";

const IMAGE = {
  Id: "sha256:nginx",
  Size: 10 * 1024 * 1024,
  Author: "me",
  Comment: "added a file",
  Config: { Labels: { role: "web" }, WorkingDir: "/app" },
  RootFS: { Layers: ["sha256:base", "sha256:top"] },
};

function setUp(): ScriptedDoors {
  const doors = new ScriptedDoors();
  const answers: Record<string, unknown> = {
    "/containers/web/json": container(),
    "/containers/json?all=true": [
      { Id: "c0ffee", Names: ["/web"], Image: "nginx", Labels: {}, State: "running" },
    ],
    "/containers/c0ffee/json": container(),
    "/containers/c0ffee/changes": [
      { Path: "/tmp/x", Kind: 1 },
      { Path: "/etc", Kind: 0 },
    ],
    "/containers/c0ffee/logs?stdout=true&stderr=true&tail=200": frame("GET / 200\n"),
    "/images/nginx/json": IMAGE,
    "/images/other/json": { ...IMAGE, Id: "sha256:other" },
    "/images/nginx/history": [{ CreatedBy: "RUN touch /x" }, { CreatedBy: "CMD nginx" }],
    "/volumes/data": { Name: "data", Driver: "local", Labels: { a: "b" }, Mountpoint: "/v/data" },
    "/networks/front": {
      Name: "front",
      Driver: "bridge",
      Internal: false,
      IPAM: { Config: [{ Subnet: "172.20.0.0/16" }] },
      Containers: { c0ffee: { Name: "web" } },
    },
  };
  for (const [path, answer] of Object.entries(answers)) doors.answers.set(path, answer);
  const volumeFilter = encodeURIComponent('{"volume":["data"]}');
  doors.answers.set(`/containers/json?all=true&filters=${volumeFilter}`, [
    { Id: "c0ffee", Names: ["/web"], Image: "nginx", State: "running" },
  ]);
  return doors;
}

/** A piece of a log as the Engine API sends it for a container without a terminal. */
function frame(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const framed = new Uint8Array(8 + bytes.length);
  framed[0] = 1;
  new DataView(framed.buffer).setUint32(4, bytes.length);
  framed.set(bytes, 8);
  return framed;
}

function ask(doors: ScriptedDoors, checks: Check[], rest: Partial<StepRequest> = {}): Promise<Evaluation> {
  const request = { step: "a/b", checks, needs: [], sinceMs: 0, answers: {}, ...rest };
  return evaluateStep(request, doors, new AbortController().signal);
}

async function hintOf(doors: ScriptedDoors, check: Check): Promise<string> {
  const { step } = await ask(doors, [check]);
  if (step.state === "pass") return "pass";
  return `${step.hint?.code ?? ""} ${step.hint?.expected ?? ""} | ${step.hint?.found ?? ""}`;
}

describe("container", () => {
  it.each<Check>([
    { container: "web" },
    { container: "web", state: "running", image: "docker.io/library/nginx:latest", exit: 0 },
    { container: "web", ports: ["8080:80", "80", "80/tcp"] },
    { container: "web", env: { A: "b=c" }, labels: { "a.b": "c" }, networks: ["bridge"] },
    { container: "web", mounts: [{ target: "/data", source: "data", type: "volume" }] },
    {
      container: "web",
      mounts: [
        { target: "/x", source: "/root/x", readonly: true },
        { target: "/run", type: "tmpfs" },
      ],
    },
    {
      container: "web",
      limits: { memory: "64m", swap: "128M", cpus: 0.5, shares: 512, cpuset: "0", blkio: 300 },
    },
    { container: "web", restart: "no", restarted: false, command: "daemon off" },
    { container: "web", changes: ["A /tmp/x", "C /etc"], logs: "^GET /" },
    {
      container: "web",
      inspect: { "Config.Labels.a.b": "c", "HostConfig.PidsLimit": null, "Mounts.0.RW": true },
    },
    { container: "*", image: "nginx", state: "running" },
    { container: "nobody", state: "absent" },
    { container: "*", image: "redis", state: "absent" },
  ])("passes: %j", async (check) => {
    expect(await hintOf(setUp(), check)).toBe("pass");
  });

  it.each<[Check, string]>([
    [{ container: "nobody" }, "container.missing  | "],
    [{ container: "web", id: "site", state: "exited" }, "site.state exited | running"],
    [{ container: "web", state: "absent" }, "container.state absent | running"],
    [{ container: "web", image: "redis" }, "container.image redis | nginx"],
    [{ container: "web", image: "other" }, "container.image other | nginx"],
    [{ container: "web", ports: ["80:80"] }, "container.ports 80:80 | 8080:80"],
    [{ container: "web", ports: ["443"] }, "container.ports 443 | 8080:80"],
    [{ container: "web", env: { A: "x" } }, "container.env A=x | A=b=c"],
    [{ container: "web", labels: { z: "x" } }, "container.labels z=x | "],
    [
      { container: "web", mounts: [{ target: "/data", type: "bind" }] },
      "container.mounts bind:/data | data:/data, /root/x:/x",
    ],
    [{ container: "web", networks: ["front"] }, "container.networks front | bridge"],
    [{ container: "web", limits: { memory: "65m" } }, "container.limits memory=68157440 | memory=67108864"],
    [{ container: "web", restart: "always" }, "container.restart always | no"],
    [{ container: "web", restarted: true }, "container.restarted true | false"],
    [{ container: "web", health: "healthy" }, "container.health healthy | none"],
    [{ container: "web", changes: ["D /tmp/x"] }, "container.changes D /tmp/x | "],
    [{ container: "web", logs: "POST" }, "container.logs POST | "],
    [
      { container: "web", inspect: { "Config.User": "app" } },
      "container.inspect Config.User: app | Config.User: null",
    ],
    [{ container: "*", image: "redis" }, "container.missing  | "],
    [{ container: "*", image: "nginx", state: "exited" }, "container.state exited | running"],
    [{ container: "*", image: "nginx", state: "absent" }, "container.state absent | running"],
  ])("says what is not so: %j", async (check, expected) => {
    expect(await hintOf(setUp(), check)).toBe(expected);
  });

  it("that has just been started is not yet running, and is looked at again", async () => {
    const doors = setUp();
    doors.answers.set(
      "/containers/web/json",
      container({ state: { StartedAt: "2026-01-01T00:00:58.500Z" } }),
    );
    const { step, soon } = await ask(doors, [{ container: "web", state: "running" }]);
    expect(step).toMatchObject({ state: "not-yet", hint: { code: "container.state", found: "starting" } });
    expect(soon).toBe(true);
    doors.time += 600;
    expect(await hintOf(doors, { container: "web", state: "running" })).toBe("pass");
  });

  it.each(["restarting", "exited"])("that crashes on its start is not running: %s", async (Status) => {
    const doors = setUp();
    const state = {
      Status,
      Running: Status === "restarting",
      Restarting: Status === "restarting",
      ExitCode: 1,
    };
    doors.answers.set("/containers/web/json", container({ state }));
    expect(await hintOf(doors, { container: "web", state: "running" })).toBe(
      `container.state running | ${Status}`,
    );
  });

  it("named * is the one that fits best", async () => {
    const doors = setUp();
    doors.answers.set("/containers/json?all=true", [
      { Id: "new", Names: ["/b"], Image: "nginx", Labels: {}, State: "exited" },
      { Id: "c0ffee", Names: ["/web"], Image: "nginx", Labels: {}, State: "running" },
    ]);
    doors.answers.set("/containers/new/json", container({ state: { Status: "exited", ExitCode: 3 } }));
    expect(await hintOf(doors, { container: "*", image: "nginx", state: "exited", exit: 0 })).toBe(
      "container.exit 0 | 3",
    );
    expect(await hintOf(doors, { container: "*", image: "nginx", state: "running" })).toBe("pass");
  });
});

describe("image, volume and network", () => {
  it.each<Check>([
    { image: "nginx", labels: { role: "web" }, author: "^me$", comment: "file", history: "touch" },
    { image: "nginx", maxSize: "10m", layers: 2, inspect: { "Config.WorkingDir": "/app" } },
    { image: "other", sharesLayersWith: "nginx" },
    { image: "none", absent: true },
    { volume: "data", driver: "local", labels: { a: "b" }, usedBy: ["web"] },
    { volume: "none", absent: true },
    { network: "front", driver: "bridge", subnet: "172.20.0.0/16", internal: false, containers: ["web"] },
    { network: "none", absent: true },
  ])("pass: %j", async (check) => {
    expect(await hintOf(setUp(), check)).toBe("pass");
  });

  it.each<[Check, string]>([
    [{ image: "none" }, "image.missing  | "],
    [{ image: "nginx", absent: true }, "image.absent  | "],
    [{ image: "nginx", sameAs: "other" }, "image.sameAs other | "],
    [{ image: "nginx", labels: { role: "db" } }, "image.labels role=db | role=web"],
    [{ image: "nginx", author: "you" }, "image.author you | me"],
    [{ image: "nginx", history: "COPY" }, "image.history COPY | "],
    [{ image: "nginx", maxSize: "9m" }, "image.maxSize 9m | 10.0m"],
    [{ image: "nginx", layers: 3 }, "image.layers 3 | 2"],
    [{ image: "nginx", sharesLayersWith: "none" }, "image.sharesLayersWith none | "],
    [{ volume: "none" }, "volume.missing  | "],
    [{ volume: "data", usedBy: ["db"] }, "volume.usedBy db | web"],
    [{ network: "none" }, "network.missing  | "],
    [{ network: "front", subnet: "10.0.0.0/8" }, "network.subnet 10.0.0.0/8 | 172.20.0.0/16"],
    [{ network: "front", containers: ["db"] }, "network.containers db | web"],
  ])("say what is not so: %j", async (check, expected) => {
    expect(await hintOf(setUp(), check)).toBe(expected);
  });
});

describe("http", () => {
  const answer =
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>Welcome to nginx!</h1>";

  it.each<[Check, string]>([
    [{ http: "http://localhost/", contains: "Welcome", headers: { "content-type": "html" } }, "pass"],
    [{ http: "http://localhost/", status: 404 }, "http.status 404 | 200"],
    [{ http: "http://localhost/", contains: "Apache" }, "http.contains Apache | <h1>Welcome to nginx!</h1>"],
    [
      { http: "http://localhost/", matches: "^Welcome" },
      "http.matches ^Welcome | <h1>Welcome to nginx!</h1>",
    ],
    [{ http: "http://localhost/", headers: { server: "x" } }, "http.headers server: x | server: "],
  ])("reads the answer: %j", async (check, expected) => {
    const doors = setUp();
    doors.program = () => ({ status: 0, stdout: answer });
    expect(await hintOf(doors, check)).toBe(expected);
  });

  it.each([7, 28, 52])("that curl could not ask (%i) is refused, and may come", async (status) => {
    const doors = setUp();
    doors.program = () => ({ status, stdout: "" });
    const { step, soon } = await ask(doors, [{ http: "http://localhost/" }]);
    expect(step).toMatchObject({ hint: { code: "http.refused", subject: "http://localhost/" } });
    expect(soon).toBe(true);
  });

  it("takes bytes that are not HTTP for no answer", async () => {
    const doors = setUp();
    doors.program = () => ({ status: 0, stdout: "220 smtp ready" });
    expect(await hintOf(doors, { http: "http://localhost/" })).toBe("http.status 200 | 0");
  });
});

describe("file", () => {
  const found = "regular file|755|1000|1000|learner|learner\nhello\n";

  it.each<[Check, string]>([
    [{ file: "/x", contains: "hello", mode: "755", owner: "1000:learner", type: "file" }, "pass"],
    [{ file: "/x", mode: "0644" }, "file.mode 0644 | 755"],
    [{ file: "/x", owner: "root" }, "file.owner root | learner:learner (1000:1000)"],
    [{ file: "/x", type: "folder" }, "file.type folder | file"],
    [{ file: "/x", matches: "^bye$" }, "file.matches ^bye$ | hello"],
    [{ file: "/x", absent: true }, "file.absent  | "],
    [{ file: "/x", in: "nobody" }, "file.missing nobody | "],
    [{ file: "/x", volume: "none", absent: true }, "pass"],
  ])("is looked at: %j", async (check, expected) => {
    const doors = setUp();
    doors.program = () => ({ status: 0, stdout: found });
    expect(await hintOf(doors, check)).toBe(expected);
  });

  it("is looked for in a container's root, in its layers when it has stopped, and in a volume", async () => {
    const doors = setUp();
    doors.program = () => ({ status: 0, stdout: found });
    await ask(doors, [
      { file: "/x", in: "web" },
      { file: "/x", volume: "data" },
    ]);
    doors.answers.set(
      "/containers/web/json",
      container({ state: { Status: "exited", Running: false, Pid: 0 } }),
    );
    await ask(doors, [{ file: "/x", in: "web" }]);
    expect(doors.ran.map((argv) => argv.slice(5))).toEqual([
      ["/proc/42/root/x"],
      ["/v/data/x"],
      ["/u/x", "/l1/x", "/l2/x"],
    ]);
  });

  it("that is not there is missing, or absent as it should be", async () => {
    const doors = setUp();
    doors.program = () => ({ status: 1, stdout: "" });
    expect(await hintOf(doors, { file: "/x" })).toBe("file.missing  | ");
    expect(await hintOf(doors, { file: "/x", absent: true })).toBe("pass");
  });
});

describe("registry", () => {
  it.each<[Check, string, string, string[]]>([
    [
      { registry: "registry.drydock.local:5000/team/app:1.0" },
      "200",
      "pass",
      ["registry.drydock.local:5000", "team/app", "1.0"],
    ],
    [{ registry: "me/app" }, "404", "registry.missing  | 404", ["", "me/app", "latest"]],
    [{ registry: "nginx", absent: true }, "200", "registry.absent  | ", ["", "library/nginx", "latest"]],
    [
      { registry: "nginx", absent: true },
      "000",
      "registry.missing  | the registry does not answer",
      ["", "library/nginx", "latest"],
    ],
  ])("is asked: %j", async (check, status, expected, asked) => {
    const doors = setUp();
    doors.program = () => ({ status: 0, stdout: status });
    expect(await hintOf(doors, check)).toBe(expected);
    expect(doors.ran[0]?.slice(4)).toEqual(asked);
  });
});

describe("compose", () => {
  function project(
    ...services: [name: string, id: string, state: string, oneOff?: boolean][]
  ): ScriptedDoors {
    const doors = setUp();
    const filters = encodeURIComponent('{"label":["com.docker.compose.project=shop"]}');
    doors.answers.set(
      `/containers/json?all=true&filters=${filters}`,
      services.map(([name, Id, State, oneOff]) => ({
        Id,
        Image: "shop",
        State,
        Labels: {
          "com.docker.compose.service": name,
          ...(oneOff === true ? { "com.docker.compose.oneoff": "True" } : {}),
        },
      })),
    );
    for (const [, id, Status] of services)
      doors.answers.set(`/containers/${id}/json`, container({ state: { Status } }));
    return doors;
  }

  it.each<[Check, string]>([
    [{ compose: "shop" }, "compose.services db: running | exited"],
    [{ compose: "shop", services: { web: "running" } }, "pass"],
    [{ compose: "shop", services: { web: "healthy" } }, "compose.services web: healthy | none"],
    [{ compose: "shop", services: { web: "running", db: "exited", cache: "absent" } }, "pass"],
    [{ compose: "shop", services: { cache: "running" } }, "compose.services cache: running | absent"],
    [{ compose: "shop", services: { web: "absent" } }, "compose.services web: absent | running"],
    [{ compose: "shop", absent: true }, "compose.absent  | "],
  ])("looks at every service: %j", async (check, expected) => {
    const doors = project(["web", "w1", "running"], ["db", "d1", "exited"], ["web", "r1", "exited", true]);
    expect(await hintOf(doors, check)).toBe(expected);
  });

  it("knows a project that is not there", async () => {
    expect(await hintOf(project(), { compose: "shop" })).toBe("compose.missing  | ");
    expect(await hintOf(project(), { compose: "shop", absent: true })).toBe("pass");
  });
});

describe("event", () => {
  const path = `/events?since=5.000&until=1767225660.000&filters=${encodeURIComponent('{"type":["container"]}')}`;
  const line = (Action: string, Attributes: object): string =>
    JSON.stringify({ Type: "container", Action, Actor: { Attributes } });
  const bytes = new TextEncoder().encode(
    `${line("die", { image: "busybox", exitCode: "0" })}\n${line("exec_start: sh -c ls", { name: "web" })}\n`,
  );

  it.each<[Check, string]>([
    [{ event: "container die", with: { image: "^busybox$", exitCode: "0" } }, "pass"],
    [{ event: "container exec_start" }, "pass"],
    [{ event: "container die", with: { exitCode: "1" } }, "event.missing container die | "],
    [{ event: "container die", times: 2 }, "event.times 2 | 1"],
    [{ event: "container start" }, "event.missing container start | "],
  ])("is found since the step began: %j", async (check, expected) => {
    const doors = setUp();
    doors.answers.set(path, bytes);
    const { step } = await ask(doors, [check], { sinceMs: 5000 });
    const said =
      step.state === "pass"
        ? "pass"
        : `${step.hint?.code ?? ""} ${step.hint?.expected ?? ""} | ${step.hint?.found ?? ""}`;
    expect(said).toBe(expected);
  });
});

describe("shell and answer", () => {
  it("compare status and output, and say the lesson's words", async () => {
    const doors = setUp();
    doors.program = () => ({ status: 3, stdout: "four\n" });
    const hint = { "zh-CN": "不对", en: "no" };
    expect(await hintOf(doors, { shell: "x", status: 3, contains: "four", hint })).toBe("pass");
    const { step } = await ask(doors, [{ shell: "x", hint }]);
    expect(step).toMatchObject({ state: "not-yet", hint: { code: "shell.failed", found: "3", says: hint } });
    expect(doors.ran.at(-1)).toEqual(["timeout", "--kill-after=1", "10", "bash", "-c", "x"]);
  });

  it.each<[Check, string, string]>([
    [{ answer: "driver", text: "overlay2" }, " OverLay2\n", "pass"],
    [{ answer: "driver", matches: "^over" }, "overlay2", "pass"],
    [{ answer: "driver", shell: "x" }, "from the  machine", "pass"],
    [{ answer: "driver", text: "overlay2" }, "", "driver.missing  | "],
    [{ answer: "driver", text: "overlay2" }, "aufs", "driver.wrong  | aufs"],
    [{ answer: "constructor", text: "x" }, "", "constructor.missing  | "],
  ])("compare an answer: %j", async (check, given, expected) => {
    const doors = setUp();
    doors.program = () => ({ status: 0, stdout: "from the machine\n" });
    const { step } = await ask(doors, [check], { answers: { driver: given } });
    const said = step.state === "pass" ? "pass" : `${step.hint?.code ?? ""}  | ${step.hint?.found ?? ""}`;
    expect(said).toBe(expected);
  });
});

describe("a step", () => {
  it("has the hint of its first check that does not hold, and asks for nothing twice", async () => {
    const doors = setUp();
    const { step, checks } = await ask(doors, [
      { container: "web" },
      { container: "web", exit: 1 },
      { container: "web", state: "exited" },
    ]);
    expect(step).toMatchObject({ state: "not-yet", hint: { code: "container.exit" } });
    expect(checks.map(({ state }) => state)).toEqual(["pass", "not-yet", "not-yet"]);
    expect(doors.asked).toEqual(["/containers/web/json"]);
  });

  it("is not broken when what it needs has only just started", async () => {
    const doors = setUp();
    const state = { StartedAt: "2026-01-01T00:00:58.500Z" };
    doors.answers.set("/containers/web/json", container({ state }));
    const needs: Check[] = [{ container: "web", state: "running" }];
    const { step, soon } = await ask(doors, [{ container: "nobody" }], { needs });
    expect(step).toMatchObject({ state: "not-yet", hint: { code: "container.missing" } });
    expect(soon).toBe(true);
  });

  it("is broken when what it needs is gone, unless it is done", async () => {
    const needs: Check[] = [{ image: "none" }];
    const { step } = await ask(setUp(), [{ container: "nobody" }], { needs });
    expect(step).toMatchObject({
      state: "broken",
      reason: "needs",
      hint: { code: "image.missing", subject: "none" },
    });
    const done = await ask(setUp(), [{ container: "web" }], { needs });
    expect(done.step).toEqual({ state: "pass" });
  });

  it("is broken when Docker does not answer, and is looked at again", async () => {
    const doors = setUp();
    doors.silent = true;
    const { step, soon } = await ask(doors, [{ container: "web" }]);
    expect(step).toEqual({ state: "broken", reason: "engine" });
    expect(soon).toBe(true);
  });

  it.each([new Uint8Array([0xff, 0xfe]), { State: "running" }, [], null])(
    "is broken when Docker's answer makes no sense: case %#",
    async (answer) => {
      const doors = setUp();
      doors.answers.set("/containers/web/json", answer);
      const { step } = await ask(doors, [{ container: "web", state: "running" }]);
      expect(step).toEqual({ state: "broken", reason: "engine" });
    },
  );

  it("lets other failures through", async () => {
    const doors = setUp();
    doors.program = () => {
      throw new Error("the agent is gone");
    };
    await expect(ask(doors, [{ shell: "x", hint: "h" }])).rejects.toThrow("the agent is gone");
  });
});
