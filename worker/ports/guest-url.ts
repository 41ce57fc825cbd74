/** Addresses inside the machine, as a browser on that machine would write them. */
import { isOwnName } from "../../contract/own-name";
import { GuestHttpError } from "./errors";

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
  if (url.protocol !== "http:" || !isOwnName(url.hostname)) throw new GuestHttpError("outside", url.href);
  return url;
}

export function portOf(url: URL): number {
  return url.port === "" ? 80 : Number(url.port);
}
