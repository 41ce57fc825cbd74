/** Which addresses are the machine's own: the page and its preview show these, and the worker asks no others. */

/** Loopback (RFC 6761 §6.3, RFC 1122 §3.2.1.3), "any address", the machine's address on the LAN, its host name. */
const OWN_NAME = /^(?:(?:[^.]+\.)*localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|10\.0\.2\.15|drydock)$/u;

/** Of a host name as a URL has it: in lower case, an IPv6 address in brackets. */
export function isOwnName(hostname: string): boolean {
  return OWN_NAME.test(hostname);
}
