/** The signals of Linux on i386 (signal(7)), by name. */
import { DrydockError } from "../../contract/errors";

const NAMES = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGKILL",
  "SIGUSR1",
  "SIGSEGV",
  "SIGUSR2",
  "SIGPIPE",
  "SIGALRM",
  "SIGTERM",
  "SIGSTKFLT",
  "SIGCHLD",
  "SIGCONT",
  "SIGSTOP",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
  "SIGURG",
  "SIGXCPU",
  "SIGXFSZ",
  "SIGVTALRM",
  "SIGPROF",
  "SIGWINCH",
  "SIGIO",
  "SIGPWR",
  "SIGSYS",
] as const;

/** `SIGTERM` for 15; a real-time signal is `SIG` and its number. */
export const signalName = (number: number): string => NAMES[number - 1] ?? `SIG${number}`;

/** The number of a name as `signalName` gives it. Throws `bad-request` for anything else. */
export function parseSignal(name: string): number {
  const known = NAMES.findIndex((candidate) => candidate === name) + 1;
  const number = known > 0 ? known : Number(/^SIG(\d{2})$/.exec(name)?.[1]);
  if (number >= 1 && number <= 64) return number;
  throw new DrydockError("bad-request", `no signal is called ${name}`);
}
