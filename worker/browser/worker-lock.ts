/** Web Locks that live as long as this worker: they tell the next worker whose files are no longer needed. */

/** Resolves when the lock is held, which it is until the worker ends. Rejects where there are no locks. */
export async function holdLock(name: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    navigator.locks
      .request(name, () => {
        resolve();
        return new Promise<never>(() => undefined);
      })
      .catch(reject);
  });
}

/** The names in a folder for which no worker holds the lock `prefix` + name. */
export async function namesWithoutLock(folder: FileSystemDirectoryHandle, prefix: string): Promise<string[]> {
  const { held = [] } = await navigator.locks.query();
  const live = new Set(held.map((lock) => lock.name));
  const names: string[] = [];
  for await (const name of folder.keys()) if (!live.has(prefix + name)) names.push(name);
  return names;
}
