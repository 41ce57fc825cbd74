/** A network namespace of its own with a TAP device in it, as a port for a LAN. Needs root, `ip` and a C compiler. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { concatBytes } from "../../bytes";
import { readU16 } from "../bytes";
import type { EthernetPort } from "../ethernet";

/** Bytes that wait for the bridge before the port says that it is full. */
const HIGH_WATER = 1 << 20;

export interface LinuxPeer {
  readonly port: EthernetPort;
  readonly namespace: string;
  /** Runs a shell command in the namespace; gives its exit status and what it printed. */
  run(command: string): Promise<{ status: number | null; output: string }>;
  close(): void;
}

/** Makes the namespace, with 10.0.2.15/24 on `tap0`, 10.0.2.2 as gateway and name server. */
export function openLinuxPeer(mtu: number): LinuxPeer {
  const namespace = `drydock-lan-${process.pid}`;
  const scratch = mkdtempSync(join(tmpdir(), "drydock-lan-"));
  const resolver = `/etc/netns/${namespace}`;
  const bridge = join(scratch, "tap-bridge");
  const ip = (...args: string[]): Buffer => execFileSync("ip", args);
  const inside = (...args: string[]): Buffer => ip("netns", "exec", namespace, ...args);

  execFileSync("cc", ["-O2", "-Wall", "-o", bridge, new URL("tap-bridge.c", import.meta.url).pathname]);
  ip("netns", "add", namespace);
  mkdirSync(resolver, { recursive: true });
  writeFileSync(join(resolver, "resolv.conf"), "nameserver 10.0.2.2\n");
  inside("ip", "link", "set", "lo", "up");
  inside("ip", "tuntap", "add", "dev", "tap0", "mode", "tap");
  inside("sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1");
  inside("ip", "link", "set", "tap0", "mtu", String(mtu), "up");
  inside("ip", "address", "add", "10.0.2.15/24", "dev", "tap0");
  inside("ip", "route", "add", "default", "via", "10.0.2.2");

  const child = spawn("ip", ["netns", "exec", namespace, bridge, "tap0"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  return {
    port: bridgePort(child),
    namespace,
    run: (command) =>
      new Promise((resolve, reject) => {
        const running = spawn("ip", ["netns", "exec", namespace, "sh", "-c", command]);
        let output = "";
        for (const stream of [running.stdout, running.stderr]) {
          stream.setEncoding("utf8").on("data", (text: string) => (output += text));
        }
        running.on("error", reject).on("close", (status) => resolve({ status, output }));
      }),
    close() {
      child.kill();
      ip("netns", "delete", namespace);
      rmSync(resolver, { recursive: true });
      rmSync(scratch, { recursive: true });
    },
  };
}

function bridgePort(child: ChildProcess): EthernetPort {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("the bridge has no pipes");
  const listeners = new Set<(frame: Uint8Array) => void>();
  let waiting: Uint8Array[] = [];
  let rest: Uint8Array = new Uint8Array();
  stdout.on("data", (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : concatBytes([rest, chunk]);
    let at = 0;
    while (bytes.length - at >= 2 && bytes.length - at >= 2 + readU16(bytes, at)) {
      const end = at + 2 + readU16(bytes, at);
      for (const listener of listeners) listener(bytes.subarray(at + 2, end));
      at = end;
    }
    rest = bytes.subarray(at);
  });
  const flush = (): void => {
    stdin.write(Buffer.concat(waiting));
    waiting = [];
  };
  return {
    send(frame) {
      if (stdin.writableLength > HIGH_WATER) return false;
      // One write for all frames of a burst.
      if (waiting.length === 0) queueMicrotask(flush);
      waiting.push(Uint8Array.of(frame.length >> 8, frame.length & 255), frame.slice());
      return true;
    },
    onFrame(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onDrain(listener) {
      stdin.on("drain", listener);
      return () => stdin.off("drain", listener);
    },
  };
}
