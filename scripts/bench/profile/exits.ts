/**
 * What ran and ended in the guest, by name: exits/main.c, which is compiled for the guest and put into it for the
 * profile, is told of every end by the kernel. It sleeps while a command runs, but for a moment at each end.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileForGuest } from "../../../images/agent/compile";
import type { Machine } from "../../../worker/machine/machine";

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), "exits");
const PROGRAM = "/run/drydock/bench-exits";
/** Without it, the kernel does not count processor time by the nanosecond. */
const INSTALL = `cat > ${PROGRAM} && chmod 755 ${PROGRAM} && sysctl -q kernel.task_delayacct=1`;

/** Of all tasks of a name that ended. */
export interface EndedTasks {
  readonly name: string;
  /** Processes and their threads. */
  readonly tasks: number;
  readonly processes: number;
  /** Of the processes, those that had executed a program since they were made. */
  readonly executed: number;
  /** Processor time. */
  readonly seconds: number;
  readonly faults: number;
  readonly switches: number;
}

/** What the program prints for one question, without its last line; most processor time first. @throws Error */
export function parseEnded(text: string): EndedTasks[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const found = /^(\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (.*)$/.exec(line);
      if (found === null) throw new Error(`no line of tasks that ended: ${line.slice(0, 200)}`);
      const [tasks = 0, processes = 0, executed = 0, nanoseconds = 0, faults = 0, switches = 0] = found
        .slice(1, 7)
        .map(Number);
      const name = found[7] ?? "";
      return { name, tasks, processes, executed, seconds: nanoseconds / 1e9, faults, switches };
    })
    .sort((a, b) => b.seconds - a.seconds);
}

export interface ExitWatch {
  /** What has ended since it was asked last. */
  readonly take: () => Promise<EndedTasks[]>;
  readonly close: () => void;
}

/** @throws Error when it cannot be compiled, or does not start in the guest */
export async function watchExits(machine: Machine): Promise<ExitWatch> {
  const folder = await mkdtemp(join(tmpdir(), "drydock-exits-"));
  try {
    const program = await compileForGuest(SOURCES, join(folder, "exits"), () => undefined);
    const { status, stderr } = await machine.agent.run(["/bin/sh", "-c", INSTALL], {
      input: Uint8Array.from(await readFile(program)),
    });
    if (status !== 0) throw new Error(`the guest does not take the profile's program: ${stderr}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const child = await machine.agent.exec({ argv: [PROGRAM], mergeStderr: true });
  const [writer, reader, decoder] = [child.stdin.getWriter(), child.stdout.getReader(), new TextDecoder()];
  const take = async (): Promise<EndedTasks[]> => {
    await writer.write(Uint8Array.of(0x0a));
    let text = "";
    while (!/(^|\n)\.\n$/.test(text)) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`the profile's program ended: ${text.slice(-500)}`);
      text += decoder.decode(value, { stream: true });
    }
    return parseEnded(text.slice(0, -2));
  };
  return { take, close: () => child.close() };
}
