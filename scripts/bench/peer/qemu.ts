/**
 * The peer: the same kernel and disk in a native emulator, qemu-system-i386 with its code generator (TCG). The disk in the
 * cache is never written; the machine has a console on standard input and output and is plugged into our LAN.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostTool } from "../../../images/pipeline/host-tools";
import type { RegistryPorts } from "../../../worker/machine/registries";
import type { RunCommand } from "../run-in-guest";
import { throttleProcess } from "../throttle";
import { childStream } from "./child-stream";
import { serveLan } from "./ethernet-socket";
import { ShellTerminal } from "./terminal";

export const QEMU: HostTool = { probe: "qemu-system-i386", package: "qemu-system-x86" };

export interface PeerOptions {
  readonly kernel: string;
  readonly disk: string;
  readonly commandLine: string;
  readonly memoryBytes: number;
  readonly registries: RegistryPorts;
  /** How many times slower it shall be. */
  readonly throttle: number;
}

export interface Peer {
  /** Its version, for the report. */
  readonly version: string;
  /** Seconds from its start until Docker answered. */
  readonly readySeconds: number;
  readonly run: RunCommand;
  close(): Promise<void>;
}

/** Seconds, for each multiple of throttling: some ten times what it takes. */
const BOOT_LIMIT = 600;
const COMMAND_LIMIT = 600;
/** Milliseconds that QEMU has to end before it is killed. */
const END_LIMIT_MS = 5000;
const WAIT_READY = "until [ -e /run/drydock/ready ]; do sleep 0.2; done";

type Setting = readonly [option: string, value: string];

export function qemuArguments(
  { kernel, disk, commandLine, memoryBytes }: Omit<PeerOptions, "registries" | "throttle">,
  socket: string,
  log: string,
): string[] {
  // A comma ends an option's value, two are one.
  const path = (name: string): string => name.replaceAll(",", ",,");
  const settings: readonly Setting[] = [
    ["-machine", "pc"],
    ["-accel", "tcg"],
    ["-m", `${memoryBytes / 1024 / 1024}M`],
    ["-smp", "1"],
    ["-kernel", kernel],
    ["-append", commandLine],
    // What is written goes to a file without a name, which ends with QEMU.
    ["-drive", `file=${path(disk)},format=raw,if=ide,snapshot=on`],
    ["-chardev", "stdio,id=terminal,signal=off"],
    ["-device", "virtio-serial-pci"],
    ["-device", "virtconsole,chardev=terminal"],
    // Two more terminals, without which the guest is not ready, and the agent's channel, at which nobody speaks.
    ...[1, 2, 3].flatMap((port): Setting[] => [
      ["-chardev", `null,id=unused${port}`],
      ["-device", `virtconsole,chardev=unused${port}`],
    ]),
    ["-netdev", `stream,id=lan,server=off,addr.type=unix,addr.path=${path(socket)}`],
    ["-device", "virtio-net-pci,netdev=lan,romfile="],
    ["-serial", `file:${path(log)}`],
    ["-monitor", "none"],
    ["-display", "none"],
    ["-vga", "none"],
  ];
  return ["-nodefaults", "-no-reboot", ...settings.flat()];
}

/** Boots it. @throws Error with the end of its boot log when it does not come up */
export async function startPeer(options: PeerOptions): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), "drydock-peer-"));
  const [socket, log] = [join(folder, "lan.sock"), join(folder, "serial.log")];
  const closeLan = await serveLan(socket, options.registries);
  const began = performance.now();
  // It ends with us, however we end.
  const program = ["--pdeathsig", "KILL", QEMU.probe, ...qemuArguments(options, socket, log)];
  const child = spawn("setpriv", program, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: folder },
  });
  const complaints: Buffer[] = [];
  child.stderr.on("data", (bytes: Buffer) => complaints.push(bytes));
  const ended = new Promise<void>((resolve) =>
    child.once("close", () => resolve()).once("error", () => resolve()),
  );
  const terminal = new ShellTerminal(childStream(child, QEMU.probe));
  let release = (): Promise<void> => Promise.resolve();
  const close = async (): Promise<void> => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), END_LIMIT_MS);
    await ended;
    clearTimeout(timer);
    closeLan();
    await release();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    if (child.pid !== undefined) release = await throttleProcess(child.pid, options.throttle);
    await terminal.waitForPrompt(BOOT_LIMIT * options.throttle);
    const run: RunCommand = (command) => terminal.run(command, COMMAND_LIMIT * options.throttle);
    await run(WAIT_READY);
    const readySeconds = (performance.now() - began) / 1000;
    return { version: await readVersion(), readySeconds, run, close };
  } catch (error) {
    const serial = await readFile(log, "utf8").catch(() => "");
    await close();
    const seen = Buffer.concat(complaints).toString() + serial;
    throw new Error(`the peer did not come up: ${String(error)}\n${seen.slice(-2000)}`, { cause: error });
  }
}

async function readVersion(): Promise<string> {
  const child = spawn(QEMU.probe, ["--version"], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  for await (const bytes of child.stdout) text += String(bytes);
  return /version (\S+)/.exec(text)?.[1] ?? "of an unknown version";
}
