/** Pages of sorted lists by `n` and `last`: OCI Distribution 1.1 "Listing Tags", and the Link of "Listing Referrers". */
import { RegistryError } from "../errors";

export interface Page {
  readonly items: readonly string[];
  /** A Link header to the next page, when there is one. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The part of `items` that `url` asks for. `items` are sorted by code units. A page without `n` is the rest of the list.
 * @throws RegistryError PAGINATION_NUMBER_INVALID
 */
export function paginate(items: readonly string[], url: URL): Page {
  const n = url.searchParams.get("n");
  const last = url.searchParams.get("last") ?? "";
  if (n !== null && !/^\d+$/.test(n)) {
    throw new RegistryError("PAGINATION_NUMBER_INVALID", { detail: { n: n.slice(0, 100) } });
  }
  const rest = items.filter((item) => item > last);
  if (n === null) return { items: rest, headers: {} };
  const page = rest.slice(0, Number(n));
  const end = page.at(-1);
  if (end === undefined || page.length === rest.length) return { items: page, headers: {} };
  return { items: page, headers: nextPage(url, end) };
}

/** A Link to the same list behind `last` (RFC 8288), with all that `url` asks for besides. */
export function nextPage(url: URL, last: string): Readonly<Record<string, string>> {
  const query = new URLSearchParams(url.searchParams);
  query.set("last", last);
  return { link: `<${url.pathname}?${query.toString()}>; rel="next"` };
}
