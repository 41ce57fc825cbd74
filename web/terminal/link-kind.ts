/**
 * What a click on a link in a terminal may do. The text comes from the guest and is not to be trusted: only web
 * addresses are opened. An address of this machine means the guest, not the learner's own computer.
 */
export type LinkKind = "external" | "guest" | "refused";

export function classifyLink(text: string): LinkKind {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // Not an address at all: there is nothing to open.
    return "refused";
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return "refused";
  return isGuestHost(url.hostname) ? "guest" : "external";
}

/** Loopback, "any address", private ranges (RFC 1918, RFC 4193), link-local, and names that never leave the machine. */
function isGuestHost(host: string): boolean {
  if (host === "localhost" || host.endsWith(".localhost") || host.endsWith(".local")) return true;
  if (host.startsWith("[")) return /^\[(?:::1?\]|f[cd]|fe[89ab])/u.test(host);
  if (/^(?:0|10|127)\./u.test(host) || /^(?:192\.168|169\.254)\./u.test(host)) return true;
  const [, second] = /^172\.(\d+)\./u.exec(host) ?? [];
  if (second !== undefined && Number(second) >= 16 && Number(second) <= 31) return true;
  // A name without a dot is a container's or a service's.
  return !host.includes(".");
}
