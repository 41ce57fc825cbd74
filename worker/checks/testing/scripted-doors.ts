/** For tests: a machine whose daemon and programs answer from a table. The real ones are in node/checks.guest.test.ts. */
import type { EngineReply } from "../../docker/engine";
import type { CheckDoors, ProgramResult } from "../round";

export class ScriptedDoors implements CheckDoors {
  /** JSON by path; a path that is not there is answered by 404. */
  readonly answers = new Map<string, unknown>();
  readonly asked: string[] = [];
  readonly ran: (readonly string[])[] = [];
  time = Date.parse("2026-01-01T00:01:00Z");
  /** What the next programs print. */
  program: (argv: readonly string[]) => ProgramResult = () => ({ status: 0, stdout: "" });
  silent = false;

  now(): number {
    return this.time;
  }

  engine(path: string): Promise<EngineReply> {
    this.asked.push(path);
    if (this.silent) return Promise.reject(new Error("connection refused"));
    const answer = this.answers.get(path);
    if (answer === undefined) return Promise.resolve({ status: 404, body: new Uint8Array(0) });
    const body =
      answer instanceof Uint8Array
        ? Uint8Array.from(answer)
        : new TextEncoder().encode(JSON.stringify(answer));
    return Promise.resolve({ status: 200, body });
  }

  run(argv: readonly string[]): Promise<ProgramResult> {
    this.ran.push(argv);
    return Promise.resolve(this.program(argv));
  }
}

/** What `docker inspect` says of a running nginx. */
export function container(
  change: { state?: object; config?: object; host?: object; rest?: object } = {},
): object {
  return {
    Id: "c0ffee",
    Name: "/web",
    Image: "sha256:nginx",
    Path: "nginx",
    Args: ["-g", "daemon off;"],
    State: {
      Status: "running",
      Running: true,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      ExitCode: 0,
      Pid: 42,
      StartedAt: "2026-01-01T00:00:00Z",
      FinishedAt: "0001-01-01T00:00:00Z",
      ...change.state,
    },
    Config: {
      Image: "nginx",
      Env: ["A=b=c", "PATH=/bin"],
      Labels: { "a.b": "c" },
      Tty: false,
      ...change.config,
    },
    HostConfig: {
      PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "8080" }] },
      RestartPolicy: { Name: "", MaximumRetryCount: 0 },
      Tmpfs: { "/run": "" },
      Memory: 67108864,
      MemoryReservation: 0,
      MemorySwap: 134217728,
      NanoCpus: 500000000,
      CpuQuota: 0,
      CpuPeriod: 0,
      CpuShares: 512,
      CpusetCpus: "0",
      BlkioWeight: 300,
      PidsLimit: null,
      ...change.host,
    },
    Mounts: [
      {
        Type: "volume",
        Name: "data",
        Source: "/var/lib/docker/volumes/data/_data",
        Destination: "/data",
        RW: true,
      },
      { Type: "bind", Source: "/root/x", Destination: "/x", RW: false },
    ],
    NetworkSettings: {
      Ports: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }], "443/tcp": null },
      Networks: { bridge: {} },
    },
    GraphDriver: { Name: "overlay2", Data: { UpperDir: "/u", LowerDir: "/l1:/l2", MergedDir: "/m" } },
    ...change.rest,
  };
}
