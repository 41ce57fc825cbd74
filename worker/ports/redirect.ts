/** Where an answer sends its asker, as browsers follow it (the Fetch standard, "HTTP-redirect fetch"). */
import { fieldValues, type HeaderFields } from "../http/headers";
import type { GuestRequest } from "../../contract/guest-request";
import { parseGuestUrl } from "./guest-url";
import { decodeField } from "./utf8";

/** A request whose address has been read. */
export type AskedRequest = Omit<GuestRequest, "url"> & { readonly url: URL };

/**
 * The request that an answer asks for in its place; undefined for an answer that stands.
 * @throws GuestHttpError `outside`, `bad-request`
 */
export function nextRequest(
  asked: AskedRequest,
  answer: { readonly status: number; readonly headers: HeaderFields },
): AskedRequest | undefined {
  const { status, headers } = answer;
  const [location] = fieldValues(headers, "location");
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  const url = parseGuestUrl(decodeField(location), asked.url);
  if (url.hash === "") url.hash = asked.url.hash;
  const { method } = asked;
  const becomesGet =
    ((status === 301 || status === 302) && method === "POST") ||
    (status === 303 && method !== "GET" && method !== "HEAD");
  if (!becomesGet) return { ...asked, url };
  const kept = asked.headers.filter(([name]) => !/^content-/iu.test(name));
  return { ...asked, method: "GET", url, headers: kept, body: undefined };
}
