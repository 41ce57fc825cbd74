/** A proxy before the site: its page gets the visitor's script, and what the visitor tells is taken here. */
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type Sight, visit } from "./firefox-visitor";

const SCRIPT = "/visitor.js";
const SIGHT = "/sight";
const PAGE = "/";

export interface VisitorProxy {
  /** Of the page; its terminals are drawn as text that can be read. */
  readonly url: string;
  close(): Promise<void>;
}

export async function openVisitorProxy(site: string, onSight: (sight: Sight) => void): Promise<VisitorProxy> {
  const server = createServer((incoming, outgoing) => {
    answer(site, incoming, outgoing, onSight).catch((error: unknown) => {
      outgoing.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/?renderer=dom`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  site: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  onSight: (sight: Sight) => void,
): Promise<void> {
  const { pathname } = new URL(incoming.url ?? "", site);
  if (pathname === SIGHT) {
    onSight(JSON.parse(await text(incoming)) as Sight);
    outgoing.writeHead(204).end();
  } else if (pathname === SCRIPT) {
    outgoing.writeHead(200, { "Content-Type": "text/javascript" }).end(`void (${visit.toString()})();`);
  } else {
    await forward(site, incoming, outgoing, pathname === PAGE);
  }
}

function forward(
  site: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  isPage: boolean,
): Promise<void> {
  const headers = { ...incoming.headers, host: new URL(site).host };
  if (isPage) headers["accept-encoding"] = "identity";
  return new Promise((resolve, reject) => {
    const upstream = request(
      new URL(incoming.url ?? "", site),
      { method: incoming.method, headers },
      (response) => {
        const { statusCode = 502 } = response;
        if (!isPage) {
          outgoing.writeHead(statusCode, response.headers);
          response.pipe(outgoing).on("close", resolve);
          return;
        }
        const { "content-length": _, etag: __, ...kept } = response.headers;
        text(response).then((html) => {
          outgoing
            .writeHead(statusCode, kept)
            .end(html.replace("</head>", `<script src="${SCRIPT}" defer></script></head>`));
          resolve();
        }, reject);
      },
    );
    upstream.on("error", reject);
    incoming.pipe(upstream);
  });
}
