/**
 * One process a folder. The lock is a name in Linux's abstract namespace of sockets: the kernel gives it to one process
 * and takes it back when that ends, however it ends, so that no lock can be left behind by a process that is no more.
 */
import { stat } from "node:fs/promises";
import { createServer } from "node:net";
import { hasCode } from "../../../contract/errors";

export interface FolderLock {
  release(): Promise<void>;
}

/** Takes the lock of a folder that is there, by whichever path. @throws Error when another process has it, or this one */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const { dev, ino } = await stat(folder);
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      const taken = hasCode(error, "EADDRINUSE");
      reject(taken ? new Error(`${folder} is in use by another registry`, { cause: error }) : error);
    });
    server.listen(`\0drydock-registry-${dev}-${ino}`, resolve);
  });
  // A lock must not keep the process running.
  server.unref();
  return {
    release: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      }),
  };
}
