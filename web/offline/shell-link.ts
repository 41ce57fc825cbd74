/** The service worker in the browser: registered, asked, listened to. */
import { z } from "zod";
import {
  RELEASE_LOCK,
  SERVICE_WORKER_FILE,
  SHELL_NEWS,
  type ShellAnswer,
  type ShellQuestion,
} from "../../contract/shell";
import type { ShellEnd } from "./release-store";

/** The service worker says something about a file at least as often as this, in milliseconds, or it is gone. */
const SILENCE_MS = 60_000;
const LOOK_EVERY_MS = 60 * 60_000;

const answerSchema: z.ZodType<ShellAnswer> = z.union([
  z.object({
    type: z.literal("status"),
    current: z.string().optional(),
    offered: z.string().optional(),
    previous: z.string().optional(),
  }) as z.ZodType<Extract<ShellAnswer, { type: "status" }>>,
  z.object({ type: z.literal("progress"), bytes: z.number(), total: z.number() }),
  z.object({ type: z.literal("done") }),
  z.object({
    type: z.literal("failed"),
    reason: z.enum(["network", "altered", "full", "missing"]),
    message: z.string(),
  }),
]);

/** What a service worker says; undefined for anything else. */
export function parseShellAnswer(data: unknown): ShellAnswer | undefined {
  const parsed = answerSchema.safeParse(data);
  return parsed.success ? parsed.data : undefined;
}

/** Undefined where there is no service worker: plain HTTP, private windows of some browsers, development. */
function container(): ServiceWorkerContainer | undefined {
  return import.meta.env.DEV || !("serviceWorker" in navigator) ? undefined : navigator.serviceWorker;
}

/** Whether this page, too, comes back without a network. */
export function isKept(): boolean {
  return (container()?.controller ?? null) !== null;
}

/** Asks the page's service worker and waits for the end of its answer; undefined when there is none. Never rejects. */
export function askShell(
  question: ShellQuestion,
  onProgress?: (bytes: number, total: number) => void,
): Promise<ShellEnd | undefined> {
  const worker = container()?.controller ?? undefined;
  if (worker === undefined) return Promise.resolve(undefined);
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const end = (answer: ShellEnd | undefined): void => {
      clearTimeout(silence);
      port1.close();
      resolve(answer);
    };
    let silence = setTimeout(() => end(undefined), SILENCE_MS);
    port1.onmessage = ({ data }: MessageEvent<unknown>) => {
      const answer = parseShellAnswer(data);
      if (answer?.type !== "progress") {
        end(answer);
        return;
      }
      clearTimeout(silence);
      silence = setTimeout(() => end(undefined), SILENCE_MS);
      onProgress?.(answer.bytes, answer.total);
    };
    worker.postMessage(question, [port2]);
  });
}

/** Holds a release's lock until the page is closed. */
export function holdRelease(release: string): void {
  const path = new URL(".", document.baseURI).pathname;
  void navigator.locks.request(`${RELEASE_LOCK}:${path}:${release}`, { mode: "shared" }, () => {
    return new Promise(() => undefined);
  });
}

/**
 * Registers the service worker, once the page has nothing more urgent to fetch, and sees to it that its news are heard.
 * Never rejects: the page works without, online.
 */
export async function registerShell(onNews: () => void): Promise<void> {
  const workers = container();
  if (workers === undefined) return;
  workers.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (data === SHELL_NEWS) onNews();
  });
  const isFirst = workers.controller === null;
  workers.addEventListener("controllerchange", () => {
    onNews();
    if (isFirst) void keepOpened();
  });
  workers.startMessages();
  try {
    const url = new URL(SERVICE_WORKER_FILE, document.baseURI);
    const registration = await workers.register(url, { updateViaCache: "none" });
    setInterval(() => {
      // Without a network it is asked again an hour later.
      registration.update().catch(() => undefined);
    }, LOOK_EVERY_MS);
  } catch {
    // The host has no such file, or the browser allows none here: offline.isKept says so where it matters.
  }
}

/** Has the service worker keep the lessons that were opened before it was there. */
async function keepOpened(): Promise<void> {
  const folder = new URL("assets/course/", document.baseURI).href;
  const opened = performance.getEntriesByType("resource").map(({ name }) => name);
  for (const url of new Set(opened.filter((name) => name.startsWith(folder)))) {
    try {
      await fetch(url);
    } catch {
      // It is kept when it is opened again.
    }
  }
}
