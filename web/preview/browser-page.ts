/** The page in the browser, as the preview uses it. */
import { frameUrl, PreviewFrame } from "./preview-frame";
import type { PreviewPage } from "./preview-page";

/** Narrows the page's policy for frames. */
export function browserPage(): PreviewPage {
  narrowFramePolicy();
  return {
    origin: location.origin,
    createFrame: (id, host, title, patience, listener) =>
      new PreviewFrame(id, host, title, patience, listener),
    onViolation: (listener) => document.addEventListener("securitypolicyviolation", listener),
  };
}

/** Admits the frame's one file, where the page's own policy admits any of its site. */
function narrowFramePolicy(): void {
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = `frame-src ${frameUrl()}`;
  document.head.append(meta);
}
