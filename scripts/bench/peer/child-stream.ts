import type { ChildProcess } from "node:child_process";
import type { ByteStream } from "./terminal";

/** A child process that is talked to through its standard input and output. @param name what it is, for messages */
export function childStream(child: ChildProcess, name: string): ByteStream {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error(`${name} has no pipes`);
  // Writing to a process that has ended: `exit` tells of that, with its reason.
  stdin.on("error", () => undefined);
  return {
    write: (text) => void stdin.write(text),
    onBytes: (listener) => void stdout.on("data", listener),
    onEnd: (listener) => {
      child.once("error", listener);
      child.once("exit", (status, signal) =>
        listener(new Error(`${name} ended (${signal ?? `status ${status ?? "unknown"}`})`)),
      );
    },
  };
}
