/** What the tabs of one browser agree on, without a browser. */
import type { SaveLocks } from "../files";

export class Tabs {
  readonly #owners = new Set<string>();
  readonly #kept = new Map<string, { readonly owner: string; readonly onLost: () => void }>();
  #last: Promise<unknown> = Promise.resolve();

  /** One tab more. */
  open(): SaveLocks {
    const owner = crypto.randomUUID();
    this.#owners.add(owner);
    return {
      owner,
      exclusive: (work) => {
        const result = this.#last.then(work);
        this.#last = result.catch(() => undefined);
        return result;
      },
      keep: (session, takeOver, onLost) => {
        const present = this.#kept.get(session);
        if (present !== undefined && !takeOver) return Promise.resolve(undefined);
        const mine = { owner, onLost };
        this.#kept.set(session, mine);
        present?.onLost();
        return Promise.resolve(() => {
          if (this.#kept.get(session) === mine) this.#kept.delete(session);
        });
      },
      living: () => Promise.resolve({ sessions: new Set(this.#kept.keys()), owners: new Set(this.#owners) }),
    };
  }

  /** A tab that is gone, with all that it kept. */
  kill(owner: string): void {
    this.#owners.delete(owner);
    for (const [session, kept] of this.#kept) if (kept.owner === owner) this.#kept.delete(session);
  }
}
