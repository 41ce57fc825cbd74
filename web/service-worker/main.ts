/** The service worker's entry: wires the shell to the browser. The build writes the release's list above this program. */
import {
  RELEASE_LOCK,
  SHELL_CACHE,
  SHELL_NEWS,
  type Release,
  type ShellAnswer,
  type ShellQuestion,
} from "../../contract/shell";
import { answer, pathOf } from "./answer";
import { readQuestion } from "./records";
import { Shell, ShellError } from "./shell";

/** scripts/site/release.ts */
declare const DRYDOCK_RELEASE: Release;
declare const self: ServiceWorkerGlobalScope;

const { scope } = self.registration;
const sitePath = new URL(scope).pathname;
const lockPrefix = `${RELEASE_LOCK}:${sitePath}:`;

const shell = new Shell({
  scope,
  own: DRYDOCK_RELEASE,
  openCache: () => caches.open(`${SHELL_CACHE}:${sitePath}`),
  fetch: (url, cache) => fetch(url, { cache, credentials: "same-origin" }),
  heldReleases: async () => {
    const { held = [] } = await navigator.locks.query();
    const names = held.flatMap(({ name }) => (name === undefined ? [] : [name]));
    return new Set(
      names.filter((name) => name.startsWith(lockPrefix)).map((name) => name.slice(lockPrefix.length)),
    );
  },
});

self.addEventListener("install", (event) => {
  // Its code goes on with whatever release is there: nothing is to be waited for.
  event.waitUntil(shell.install().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim().then(tellPages));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = pathOf(request, scope);
  if (path === undefined) return;
  event.respondWith(answer(shell, path, request).then((response) => response ?? fetch(request)));
});

self.addEventListener("message", (event) => {
  const question = readQuestion(event.data);
  const [port] = event.ports;
  if (question === undefined || port === undefined) return;
  const say = (word: ShellAnswer): void => port.postMessage(word);
  event.waitUntil(
    attend(question, say).catch((error: unknown) => {
      const reason = error instanceof ShellError ? error.reason : "network";
      say({ type: "failed", reason, message: String(error) });
    }),
  );
});

async function attend(question: ShellQuestion, say: (word: ShellAnswer) => void): Promise<void> {
  switch (question.type) {
    case "status":
      say(await shell.status());
      return;
    case "take":
      await shell.take((bytes, total) => say({ type: "progress", bytes, total }));
      break;
    case "back":
      await shell.back();
      break;
    case "settled":
      await shell.settle(question.release);
  }
  say({ type: "done" });
  await tellPages();
}

async function tellPages(): Promise<void> {
  for (const client of await self.clients.matchAll({ type: "window" })) client.postMessage(SHELL_NEWS);
}
