/**
 * The cookies of the machine's servers (RFC 6265), for as long as the machine lives. As with browsers, the ports of one
 * host share their cookies. All of them are one site, so that `SameSite` forbids nothing; `localhost` counts as secure.
 */
interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
  readonly httpOnly: boolean;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** §6.1 asks for 4096 bytes and 50 cookies a host at the least. */
const MAX_COOKIE_CHARACTERS = 4096;
const MAX_COOKIES_A_HOST = 180;
export class CookieJar {
  /** The first made comes first. */
  #cookies: Cookie[] = [];
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Takes a `Set-Cookie` value, or with `script` what a page assigned to `document.cookie`. Bad ones are passed over. */
  set(url: URL, text: string, options: { readonly script: boolean } = { script: false }): void {
    const cookie = this.#parse(url, text);
    if (cookie === undefined || (options.script && cookie.httpOnly)) return;
    const same = (other: Cookie): boolean =>
      other.name === cookie.name && other.host === cookie.host && other.path === cookie.path;
    // A script neither reads nor replaces what is for HTTP alone (§5.3, step 11.2).
    if (options.script && this.#cookies.some((other) => same(other) && other.httpOnly)) return;
    const known = this.#cookies.findIndex(same);
    // One that is replaced keeps its time of creation, and so its place (§5.3, step 11.3).
    const cookies = known < 0 ? [...this.#cookies, cookie] : this.#cookies.with(known, cookie);
    const alive = cookies.filter((other) => other !== cookie || cookie.expires > this.#now());
    const ofHost = alive.filter(({ host }) => host === cookie.host);
    const oldest = ofHost.length > MAX_COOKIES_A_HOST ? ofHost[0] : undefined;
    this.#cookies = alive.filter((other) => other !== oldest);
  }

  /** The value of a request's `Cookie` field; with `script`, of `document.cookie`. Empty without cookies. */
  get(url: URL, options: { readonly script: boolean } = { script: false }): string {
    const now = this.#now();
    this.#cookies = this.#cookies.filter(({ expires }) => expires > now);
    return this.#cookies
      .filter(({ host, path }) => host === url.hostname && matchesPath(url.pathname, path))
      .filter(({ httpOnly }) => !options.script || !httpOnly)
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => (name === "" ? value : `${name}=${value}`))
      .join("; ");
  }

  /** §5.2 and §5.3. */
  #parse(url: URL, text: string): Cookie | undefined {
    if (text.length > MAX_COOKIE_CHARACTERS || hasControls(text)) return undefined;
    const [pair = "", ...attributes] = text.split(";");
    const equals = pair.indexOf("=");
    const name = equals < 0 ? "" : pair.slice(0, equals).trim();
    const value = pair.slice(equals + 1).trim();
    if (name === "" && value === "") return undefined;
    let path = defaultPath(url.pathname);
    let httpOnly = false;
    let expires = Infinity;
    let maxAge: number | undefined;
    for (const attribute of attributes) {
      const [key = "", ...rest] = attribute.split("=");
      const setting = rest.join("=").trim();
      switch (key.trim().toLowerCase()) {
        case "path":
          path = setting.startsWith("/") ? setting : defaultPath(url.pathname);
          break;
        case "domain":
          // An empty one is ignored (§5.2.3).
          if (setting !== "" && setting.replace(/^\./u, "").toLowerCase() !== url.hostname) return undefined;
          break;
        case "httponly":
          httpOnly = true;
          break;
        case "expires": {
          const time = Date.parse(setting);
          if (!Number.isNaN(time)) expires = time;
          break;
        }
        case "max-age":
          if (/^-?\d+$/u.test(setting)) maxAge = Number(setting);
      }
    }
    if (maxAge !== undefined) expires = maxAge <= 0 ? 0 : this.#now() + maxAge * 1000;
    return { name, value, host: url.hostname, path, httpOnly, expires };
  }
}

/** §5.1.4. */
function defaultPath(pathname: string): string {
  const end = pathname.lastIndexOf("/");
  return end <= 0 ? "/" : pathname.slice(0, end);
}

function matchesPath(pathname: string, path: string): boolean {
  if (!pathname.startsWith(path)) return false;
  return pathname.length === path.length || path.endsWith("/") || pathname[path.length] === "/";
}

/** §5.2: no control characters but the tab. */
function hasControls(text: string): boolean {
  return Array.from(text).some((char) => (char < " " && char !== "\t") || char === "\u007f");
}
