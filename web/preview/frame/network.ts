/** `fetch`, `sendBeacon` and what else is built on them, for the page's scripts. */
import { AskError, type Answer } from "./ask";
import { checkAnswer, needsPreflight, preflightHeaders, checkPreflight } from "./cors";
import { guestRequest, type Frame } from "./frame";

/** RFC 9110 §15: answers that have no content. */
const NO_CONTENT = new Set([101, 204, 205, 304]);

export type GuestFetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

/** `fetch` into the machine; blobs and data go to the browser's own. */
function createFetch(frame: Frame, native: typeof fetch): GuestFetch {
  return async (input, init) => {
    const request = new Request(input, init);
    if (/^(?:blob|data):/u.test(request.url)) return native(request);
    const url = frame.address.toGuest(request.url);
    if (url === undefined) throw new TypeError(`Failed to fetch: ${request.url} is not in this machine`);
    request.signal.throwIfAborted();
    try {
      return presentResponse(await send(frame, request, url), request.url);
    } catch (error) {
      if (error instanceof AskError)
        throw new TypeError(`Failed to fetch: ${error.message}`, { cause: error });
      throw error;
    }
  };
}

async function send(frame: Frame, request: Request, url: URL): Promise<Answer> {
  const { method, redirect } = request;
  const headers: [string, string][] = [...request.headers];
  const { origin } = frame.address.guest;
  const isForeign = url.origin !== origin;
  if (isForeign || (method !== "GET" && method !== "HEAD")) headers.push(["Origin", origin]);
  const bytes = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
  const checked = isForeign && request.mode !== "no-cors";
  if (checked && needsPreflight(method, headers)) {
    const preflight = guestRequest(frame, url, [["Origin", origin], ...preflightHeaders(method, headers)], {
      method: "OPTIONS",
      redirect: "manual",
    });
    const { head, body } = await frame.ask(preflight, request.signal);
    await body.cancel();
    checkPreflight(head, origin, method, headers);
  }
  const asked = guestRequest(frame, url, headers, {
    method,
    redirect,
    ...(bytes === undefined ? {} : { body: bytes }),
  });
  const answer = await frame.ask(asked, request.signal);
  if (checked) {
    try {
      checkAnswer(answer.head, origin);
    } catch (error) {
      await answer.body.cancel();
      throw error;
    }
  }
  return answer;
}

/** A `Response` that says where it came from. */
function presentResponse({ head, body }: Answer, asked: string): Response {
  const headers = new Headers();
  for (const [name, value] of head.headers) headers.append(name, value);
  const empty = NO_CONTENT.has(head.status);
  if (empty) void body.cancel();
  const response = new Response(empty ? null : body, {
    status: head.status,
    statusText: head.reason,
    headers,
  });
  const url = head.redirected ? head.url : asked.replace(/#.*$/u, "");
  Object.defineProperties(response, {
    url: { value: url },
    redirected: { value: head.redirected },
    type: { value: "basic" },
  });
  return response;
}

export function installNetwork(frame: Frame): GuestFetch {
  const guestFetch = createFetch(frame, window.fetch.bind(window));
  window.fetch = guestFetch;
  navigator.sendBeacon = (url, data) => {
    // Failures are not reported: the page does not wait for an answer.
    guestFetch(url, { method: "POST", body: data ?? null, keepalive: true }).catch(() => undefined);
    return true;
  };
  return guestFetch;
}
