/** Which requests the service worker answers, and how. Everything else is the browser's own affair. */
import { RELEASE_FILE } from "../../contract/shell";
import { lostPage } from "./lost-page";
import { ShellError, type Shell } from "./shell";

/** What is used of a `Request`. */
export interface AskedFor {
  readonly url: string;
  readonly method: string;
  readonly mode: string;
}

/** `?newest` takes the site's own release without asking: the way out of one whose page does not even start. */
const NEWEST = "newest";
const PAGE = "index.html";
const FRAME = "preview-frame.html";
/** The machine keeps these by itself: they are never copied here. */
const CHUNKS = "guest/chunks/";
/** As docs/deploy.md asks of the host. Without it the frame would have the site's origin. */
const FRAME_POLICY = "sandbox allow-scripts allow-forms allow-modals";

/** The path below the site's folder; undefined for what is not answered here. Looks at nothing but the request. */
export function pathOf({ url, method }: AskedFor, scope: string): string | undefined {
  const { origin, pathname } = new URL(url);
  const base = new URL(scope);
  if (method !== "GET" || origin !== base.origin || !pathname.startsWith(base.pathname)) return undefined;
  const path = pathname.slice(base.pathname.length);
  return path.startsWith(CHUNKS) ? undefined : path === "" ? PAGE : path;
}

/** The answer from what is kept; undefined when the network shall answer. Never rejects with a `ShellError`. */
export async function answer(shell: Shell, path: string, asked: AskedFor): Promise<Response | undefined> {
  if (path === PAGE && asked.mode === "navigate") return page(shell, new URL(asked.url));
  if (path === RELEASE_FILE) return list(shell);
  const response = await shell.file(path);
  return response !== undefined && path === FRAME ? withoutOrigin(response) : response;
}

async function page(shell: Shell, { searchParams }: URL): Promise<Response | undefined> {
  // What cannot be taken now is no worse than without the question.
  if (searchParams.has(NEWEST)) await unlessRefused(shell.take());
  try {
    return await shell.page();
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    return error.reason === "network" ? lostPage() : undefined;
  }
}

async function unlessRefused(taken: Promise<void>): Promise<void> {
  try {
    await taken;
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
  }
}

async function list(shell: Shell): Promise<Response | undefined> {
  const release = await shell.release();
  return release === undefined ? undefined : Response.json(release);
}

async function withoutOrigin(response: Response): Promise<Response> {
  const headers = new Headers(response.headers);
  headers.set("Content-Security-Policy", FRAME_POLICY);
  return new Response(await response.arrayBuffer(), { headers });
}
