/** Links, forms and `window.open`: what asks for another document is handed to the pane. */
import type { GuestRequest } from "../../../contract/guest-request";
import { guestRequest, type Frame } from "./frame";

const DOCUMENT_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,image/*;q=0.8,*/*;q=0.7";

function documentRequest(
  frame: Pick<Frame, "address">,
  url: URL,
  change: Partial<GuestRequest> = {},
): GuestRequest {
  const { headers = [], ...rest } = change;
  return guestRequest(
    frame,
    url,
    [["Accept", DOCUMENT_ACCEPT], ["Upgrade-Insecure-Requests", "1"], ...headers],
    rest,
  );
}

/** Goes to an address as the page resolved it. */
function go(frame: Frame, href: string): void {
  const url = frame.address.toGuest(href);
  if (url === undefined) frame.say({ type: "outside", url: href });
  else frame.say({ type: "go", request: documentRequest(frame, url) });
}

export class Navigation {
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  /** Once a realm. */
  install(): void {
    const frame = this.#frame;
    HTMLFormElement.prototype.submit = function () {
      submit(frame, this, null);
    };
    window.open = (address) => {
      if (address !== undefined && address !== "") go(frame, new URL(address, document.baseURI).href);
      return null;
    };
  }

  /** After the page's own listeners, which may prevent it all; again after each `document.open()`. */
  listen(): void {
    window.addEventListener("click", this.#onClick);
    window.addEventListener("submit", this.#onSubmit);
  }

  readonly #onClick = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button > 1) return;
    const link = event
      .composedPath()
      .find((node) => node instanceof HTMLAnchorElement || node instanceof HTMLAreaElement);
    if (link === undefined || link.href === "") return;
    if (/^(?:javascript|blob|data|mailto|tel):/iu.test(link.href)) return;
    // Within the document: the browser's own doing.
    if (link.hash !== "" && link.href.replace(/#.*$/u, "") === location.href.replace(/#.*$/u, "")) return;
    event.preventDefault();
    go(this.#frame, link.href);
  };

  readonly #onSubmit = (event: SubmitEvent): void => {
    if (event.defaultPrevented || !(event.target instanceof HTMLFormElement)) return;
    const method = event.submitter?.getAttribute("formmethod") ?? event.target.method;
    if (method.toLowerCase() === "dialog") return;
    event.preventDefault();
    submit(this.#frame, event.target, event.submitter);
  };
}

/** "Form submission algorithm" of the HTML standard. */
function submit(frame: Frame, form: HTMLFormElement, submitter: HTMLElement | null): void {
  const attribute = (name: string): string =>
    submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? "";
  const url = new URL(attribute("action") || location.href, document.baseURI);
  const guest = frame.address.toGuest(url.href);
  if (guest === undefined) {
    frame.say({ type: "outside", url: url.href });
    return;
  }
  const data = new FormData(form, submitter);
  if (attribute("method").toLowerCase() !== "post") {
    guest.search = textFields(data).toString();
    frame.say({ type: "go", request: documentRequest(frame, guest) });
    return;
  }
  const { origin } = frame.address.guest;
  void encodeForm(data, attribute("enctype").toLowerCase()).then(({ body, type }) => {
    const headers: [string, string][] = [
      ["Content-Type", type],
      ["Origin", origin],
    ];
    frame.say({ type: "go", request: documentRequest(frame, guest, { method: "POST", body, headers }) });
  });
}

async function encodeForm(
  data: FormData,
  enctype: string,
): Promise<{ body: Uint8Array<ArrayBuffer>; type: string }> {
  if (enctype === "multipart/form-data") {
    const encoded = new Response(data);
    const type = encoded.headers.get("content-type") ?? enctype;
    return { body: new Uint8Array(await encoded.arrayBuffer()), type };
  }
  const fields = textFields(data);
  if (enctype === "text/plain") {
    const text = [...fields].map(([name, value]) => `${name}=${value}\r\n`).join("");
    return { body: new TextEncoder().encode(text), type: enctype };
  }
  return { body: new TextEncoder().encode(fields.toString()), type: "application/x-www-form-urlencoded" };
}

/** Files by their names alone. */
function textFields(data: FormData): URLSearchParams {
  const fields = new URLSearchParams();
  for (const [name, value] of data) fields.append(name, typeof value === "string" ? value : value.name);
  return fields;
}
