/** Addresses inside the machine, as a browser on that machine would write them. */
import { GuestHttpError } from "./errors";

/** The names of the machine itself: loopback (RFC 6761 §6.3), "any address", its address on the LAN, its host name. */
const OWN_NAME = /^(?:(?:[^.]+\.)*localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|10\.0\.2\.15|drydock)$/u;

/**
 * An address of a server in the machine.
 * @throws GuestHttpError `bad-request` for what is no address, `outside` for another host or scheme
 */
export function parseGuestUrl(text: string, base?: URL): URL {
  let url: URL;
  try {
    url = new URL(text, base);
  } catch (cause) {
    throw new GuestHttpError("bad-request", `not an address: ${text.slice(0, 200)}`, { cause });
  }
  if (url.protocol !== "http:" || !OWN_NAME.test(url.hostname)) throw new GuestHttpError("outside", url.href);
  return url;
}

export function portOf(url: URL): number {
  return url.port === "" ? 80 : Number(url.port);
}
