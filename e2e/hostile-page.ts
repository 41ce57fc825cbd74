/** A page that tries everything, and writes into `#outer` what came of it, and into `#inner` what a frame of its own got. */

/** Runs in the page: every attempt ends with what it got, or with the error's name. */
const ATTEMPTS = `
const attempts = {
  localStorage: () => localStorage.getItem("secret") ?? "nothing",
  nativeLocalStorage: () => { delete window.localStorage; return window.localStorage?.getItem("secret") ?? "nothing"; },
  sessionStorage: () => { delete window.sessionStorage; return window.sessionStorage?.getItem("secret") ?? "nothing"; },
  cookie: () => document.cookie,
  nativeCookie: () => Object.getOwnPropertyDescriptor(Document.prototype, "cookie").get.call(document),
  indexedDb: () => new Promise((yes, no) => {
    const open = indexedDB.open("secret"); open.onsuccess = () => yes("opened"); open.onerror = () => no(open.error);
  }),
  databases: () => indexedDB.databases().then((all) => JSON.stringify(all)),
  caches: () => window.caches ? caches.keys().then(String) : "nothing",
  opfs: () => navigator.storage.getDirectory().then(() => "opened"),
  parentDocument: () => parent.document.title,
  parentStorage: () => parent.localStorage.secret,
  parentAddress: () => parent.location.href,
  topDocument: () => top.document.body.innerHTML.slice(0, 50),
  frameElement: () => String(window.frameElement),
  topNavigation: () => { top.location.href = APP + "/evil-top"; return "went"; },
  topReplace: () => { top.location.replace(APP + "/evil-top"); return "went"; },
  popup: () => String(nativeOpen === undefined ? null : nativeOpen(APP + "/?evil-popup", "_blank")),
  opener: () => String(window.opener),
  fetchIndex: () => nativeFetch(APP + "/index.html", { credentials: "include" }).then((r) => r.text()),
  fetchAsset: () => nativeFetch(APP + "/guest/manifest.json", { credentials: "include", mode: "no-cors" }).then((r) => "sent " + r.type),
  shimFetch: () => fetch("/guest/manifest.json", { credentials: "include" }).then((r) => r.status + " from the guest"),
  xhr: () => new Promise((yes, no) => {
    const x = new NativeXhr(); x.open("GET", APP + "/index.html"); x.onload = () => yes(x.responseText); x.onerror = () => no(new TypeError("blocked")); x.send();
  }),
  image: () => new Promise((yes, no) => {
    const image = document.createElement("img"); image.onload = () => yes("loaded"); image.onerror = () => no(new TypeError("blocked"));
    nativeSetAttribute.call(image, "src", APP + "/assets/evil-image.png");
  }),
  script: () => new Promise((yes, no) => {
    const script = document.createElement("script"); script.onload = () => yes("loaded"); script.onerror = () => no(new TypeError("blocked"));
    nativeSetAttribute.call(script, "src", APP + "/evil-script.js"); document.head.append(script);
  }),
  socket: () => new Promise((yes, no) => {
    const socket = new WebSocket(APP.replace("http", "ws") + "/evil-socket"); socket.onopen = () => yes("open"); socket.onerror = () => no(new TypeError("blocked"));
  }),
  internet: () => nativeFetch("https://example.com/evil", { mode: "no-cors" }).then(() => "sent"),
  internetShim: () => fetch("https://example.com/evil").then(() => "sent"),
  beacon: () => { nativeBeacon.call(navigator, APP + "/evil-beacon", "x"); return "asked"; },
  serviceWorker: () => navigator.serviceWorker ? navigator.serviceWorker.register(APP + "/evil-sw.js").then(() => "registered") : "nothing",
  worker: () => { new Worker(APP + "/evil-worker.js"); return "made"; },
  blobWorker: () => new Promise((yes, no) => {
    const text = "try { importScripts('" + APP + "/evil-import.js'); postMessage('imported') } catch (e) { postMessage(e.name) }";
    const worker = new Worker(URL.createObjectURL(new Blob([text]))); worker.onmessage = (e) => yes(e.data); worker.onerror = () => no(new TypeError("blocked"));
  }),
  rtc: () => String(window.RTCPeerConnection),
  origin: () => self.origin,
};
async function tryAll() {
  const results = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try { results[name] = String(await Promise.race([attempt(), new Promise((_, no) => setTimeout(() => no(new Error("silence")), 3000))])); }
    catch (error) { results[name] = "! " + error.name; }
  }
  return results;
}`;

/** In a frame of the page's own nothing has been patched: these are the browser's own. */
const inner = (app: string): string => `<script>
const APP = ${JSON.stringify(app)};
const nativeOpen = window.open.bind(window), nativeFetch = window.fetch.bind(window), NativeXhr = XMLHttpRequest,
  nativeSetAttribute = Element.prototype.setAttribute, nativeBeacon = Navigator.prototype.sendBeacon;
${ATTEMPTS}
tryAll().then((results) => parent.postMessage(results, "*"));
<\\/script>`;

/** @param app the origin of the app that the page is after, as `http://127.0.0.1:5199` */
export const hostilePage = (
  app: string,
): string => `<!doctype html><meta charset="utf-8"><title>hostile</title><h1>hostile</h1><pre id="outer"></pre><pre id="inner"></pre>
<script>
const APP = ${JSON.stringify(app)};
// What the frame makes of window.open shows another document in this one's place: the inner frame tries the real one.
const nativeOpen = undefined, nativeFetch = window.fetch, NativeXhr = XMLHttpRequest,
  nativeSetAttribute = Element.prototype.setAttribute, nativeBeacon = Navigator.prototype.sendBeacon;
${ATTEMPTS}
addEventListener("message", (event) => { document.getElementById("inner").textContent = JSON.stringify(event.data); });
for (const word of ["drydock-preview", { type: "go" }, { type: "arrived", url: "https://example.com/", status: 200 }]) parent.postMessage(word, "*");
tryAll().then((results) => {
  document.getElementById("outer").textContent = JSON.stringify(results);
  const frame = document.createElement("iframe"); frame.srcdoc = ${JSON.stringify(inner(app)).replaceAll("</", "<\\/")}.replaceAll("<\\\\/", "</");
  document.body.append(frame);
});
</script>`;
