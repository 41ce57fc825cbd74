/** Sets the two stores going beside a machine: nothing of theirs is in the way of its start. */
import type { OfflineService } from "../../contract/offline";
import { wrap } from "../../worker/rpc";
import { createOfflineWorker, startOptions } from "../vm/create-worker";
import type { MachineClient } from "../vm/machine-client";
import { browserStorage } from "./browser-storage";
import { idbOfflineStorage } from "./offline-memory";
import { OfflineStore } from "./offline-store";
import { ReleaseStore } from "./release-store";
import { askShell, holdRelease, registerShell } from "./shell-link";

interface OfflineStores {
  readonly release: ReleaseStore;
  readonly offline: OfflineStore;
}

export function startOffline(machine: MachineClient): OfflineStores {
  const release = new ReleaseStore({
    ask: askShell,
    hold: holdRelease,
    // A machine whose state is kept is saved here, before the page goes.
    leave: () => location.reload(),
  });
  const offline = new OfflineStore({
    connect: () => {
      const worker = createOfflineWorker();
      return { service: wrap<OfflineService>(worker), end: () => worker.terminate() };
    },
    places: { siteUrl: new URL(".", document.baseURI).href, guestUrl: startOptions().guestUrl },
    storage: idbOfflineStorage,
    browser: browserStorage,
    isOnline: () => navigator.onLine,
  });
  void release.look();
  window.addEventListener("online", () => offline.resumeOnline());
  onceStarted(machine, (isReady) => {
    void registerShell(() => void release.look());
    if (isReady) void release.settle();
    // What was here and is no longer is why a machine does not start without a network.
    else void offline.look();
  });
  onceFetched(machine, () => void offline.resume());
  return { release, offline };
}

/** Calls `then` when the first start is over, with whether there is a machine. */
function onceStarted(machine: MachineClient, then: (isReady: boolean) => void): void {
  const stop = machine.subscribe(() => {
    const { kind } = machine.getSnapshot().status;
    if (kind !== "ready" && kind !== "failed") return;
    stop();
    then(kind === "ready");
  });
}

/** Calls `then` when all that everyday commands read was fetched: there is nothing more urgent from then on. */
function onceFetched(machine: MachineClient, then: () => void): void {
  const stop = machine.subscribe(() => {
    const { prefetch } = machine.getSnapshot();
    if (prefetch === undefined || prefetch.bytes < prefetch.total) return;
    stop();
    then();
  });
}
