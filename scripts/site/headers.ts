/** The headers that the site wants of its host: docs/deploy.md. */

/**
 * What docs/deploy.md asks every host to send. It is the policy of web/index.html but for `data:` in connect-src: a
 * worker's policy is its own response's, and the zstd decoder loads its WebAssembly from a `data:` address; and for
 * WebSockets, because the worker speaks to the relay that the learner may set. 'https:' is for lessons of other sites.
 */
export const SITE_HEADERS = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self' https: data: ws: wss:",
    "frame-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/**
 * The preview's frame has a policy of its own, in which the pages of containers may run their own scripts; this one is
 * for whoever opens the file by itself: there, too, it has no origin.
 */
export const FRAME_HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": "sandbox allow-scripts allow-forms allow-modals",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};
