/** A small site for the preview's tests, put into the machine and served by busybox httpd in a container. */
import { gzipSync } from "node:zlib";
import { expect } from "@playwright/test";
import type { Playground } from "./playground";

/** 2 by 2 pixels. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGNgOHECiBigFAAqyAWRPgB8EQAAAABJRU5ErkJggg==";

const INDEX = `<!doctype html>
<html><head><meta charset="utf-8"><title>容器里的网页</title>
<link rel="stylesheet" href="/css/main.css">
<script src="js/early.js"></script>
<script type="module">import { name } from "./js/module.js"; document.getElementById("module").textContent = name;</script>
</head><body>
<h1 id="top">Hello from busybox</h1>
<p id="early"></p><p id="module"></p><p id="fetched"></p><p id="xhr"></p>
<img id="picture" src="/img/dot.png" alt="dot">
<div id="made"></div>
<p><a href="second.html">second page</a> · <a href="#bottom">to the bottom</a> · <a href="https://example.com/x">outside</a></p>
<form action="/cgi-bin/echo" method="get"><input name="word" value="船坞"><button>get</button></form>
<form action="/cgi-bin/echo" method="post"><input name="word" value="a b&amp;c"><button>post</button></form>
<button id="go" onclick="location.href='/second.html?by=script'">go</button>
<p style="height: 1500px"></p><p id="bottom">bottom</p>
<script>
  document.getElementById("made").innerHTML = '<img id="made-picture" src="img/dot.png">';
  fetch("/data.json").then((r) => r.json()).then((d) => { document.getElementById("fetched").textContent = d.text; });
  const x = new XMLHttpRequest(); x.open("GET", "data.json"); x.responseType = "json";
  x.onload = () => { document.getElementById("xhr").textContent = x.status + " " + x.response.text; }; x.send();
  localStorage.setItem("visits", 1 + Number(localStorage.getItem("visits") || 0));
  document.cookie = "page=index; path=/";
</script></body></html>`;

const ECHO = `#!/bin/sh
echo "Content-Type: text/plain; charset=utf-8"
echo "Set-Cookie: seen=yes; path=/"
echo "Set-Cookie: hidden=1; path=/; HttpOnly"
echo
echo "$REQUEST_METHOD $QUERY_STRING"
[ -n "$CONTENT_LENGTH" ] && head -c "$CONTENT_LENGTH"
echo
echo "cookie: $HTTP_COOKIE"
`;

const FILES: Readonly<Record<string, string>> = {
  "index.html": INDEX,
  "second.html": `<!doctype html><title>Second</title><h1>Second page</h1><p id="where"></p><p id="kept"></p>
<a href="/">back home</a>
<script>where.textContent = location.pathname + location.search; kept.textContent = "visits " + localStorage.visits + ", " + document.cookie;</script>`,
  "css/main.css": `@import "more.css"; h1 { color: rgb(0, 128, 0); background: url(../img/dot.png) repeat-x }`,
  "css/more.css": "body { font-family: monospace }",
  "js/early.js": 'addEventListener("DOMContentLoaded", () => { early.textContent = "early script"; });',
  "js/module.js": 'import { greet } from "./deep/greet.js"; export const name = greet("module");',
  "js/deep/greet.js": 'export const greet = (word) => word + " at " + new URL(import.meta.url).pathname;',
  "data.json": '{ "text": "fetched from the guest" }',
  "cgi-bin/echo": ECHO,
  "cgi-bin/away":
    '#!/bin/sh\nprintf "Status: 302 Found\\r\\nLocation: /second.html?redirected\\r\\n\\r\\n"\n',
};

/**
 * Writes the files into the machine's /root/site, by way of the terminal: as one compressed script, since each command
 * that is typed takes its time.
 */
export async function putSite(
  playground: Playground,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const script = Object.entries(files).map(([path, text]) =>
    [
      `mkdir -p $(dirname site/${path})`,
      `cat > site/${path} <<'END-OF-FILE'`,
      text.trimEnd(),
      "END-OF-FILE",
      ...(path.startsWith("cgi-bin/") ? [`chmod 755 site/${path}`] : []),
      "",
    ].join("\n"),
  );
  // Short lines: the shell's line editing takes its time over long ones.
  const lines = gzipSync(script.join(""))
    .toString("base64")
    .replace(/.{1,120}/gu, "$&\n");
  const { status } = await playground.run(`base64 -d <<E | gunzip > put-site\n${lines}E\nsh -e put-site`);
  expect(status).toBe(0);
}

export async function serveSite(playground: Playground): Promise<void> {
  await putSite(playground, FILES);
  const picture = `mkdir -p site/img; echo ${PNG} | base64 -d > site/img/dot.png`;
  const serve = "docker run -d --name site -p 8080:80 -v /root/site:/www busybox httpd -f -p 80 -h /www";
  expect((await playground.run(`${picture}; ${serve}`)).status).toBe(0);
}
