/** What the parts of the frame share: the document's address, and the way to the machine. */
import type { GuestRequest } from "../../../contract/guest-request";
import { ask, type Answer } from "./ask";
import type { FrameWord } from "./messages";
import type { PageAddress } from "./page-address";

export interface Frame {
  readonly address: PageAddress;
  say(word: FrameWord, transfer?: Transferable[]): void;
  ask(request: GuestRequest, signal?: AbortSignal): Promise<Answer>;
  /** What `document.cookie` is; the machine keeps the cookies. */
  cookie: string;
}

type RequestChange = Partial<Pick<GuestRequest, "method" | "body" | "redirect">>;

/** A request as a page sends it. `headers` override the common ones. */
export function guestRequest(
  frame: Pick<Frame, "address">,
  url: URL,
  headers: readonly (readonly [string, string])[],
  change: RequestChange = {},
): GuestRequest {
  const { guest } = frame.address;
  const common: [string, string][] = [
    ["User-Agent", navigator.userAgent],
    ["Accept-Language", navigator.languages.join(", ")],
    ["Referer", guest.origin + guest.pathname + guest.search],
  ];
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const sent = [...headers, ...common.filter(([name]) => !given.has(name.toLowerCase()))];
  return { method: "GET", url: url.href, redirect: "follow", ...change, headers: sent };
}

export function createFrame(address: PageAddress, control: MessagePort): Frame {
  const say = (word: FrameWord, transfer: Transferable[] = []): void => control.postMessage(word, transfer);
  const frame: Frame = {
    address,
    say,
    async ask(request, signal) {
      const answer = await ask(
        (asked, port) => say({ type: "request", request: asked }, [port]),
        request,
        signal,
      );
      // Cookies belong to hosts, whatever the port.
      if (new URL(answer.head.url).hostname === address.guest.hostname) frame.cookie = answer.head.cookie;
      return answer;
    },
    cookie: "",
  };
  return frame;
}
