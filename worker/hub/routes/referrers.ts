/** The referrers API: OCI Distribution 1.1 "Listing Referrers". */
import { OCI_INDEX, type ReferrerDescriptor } from "../manifest";
import { nextPage } from "./paging";

/**
 * Bytes of the descriptors of one answer, unless the first alone has more. Clients read an index up to 4 MiB, and the
 * smaller ones among them are machines with little memory.
 */
const PAGE_BYTES = 1024 * 1024;

/**
 * An image index of the referrers that `url` asks for: with `artifactType`, only those of that type. `referrers` are in
 * the order of their digests and begin behind `last`. When they do not fit into one answer, its Link leads to the next.
 */
export async function referrersResponse(
  referrers: AsyncIterable<ReferrerDescriptor>,
  url: URL,
): Promise<Response> {
  const type = artifactTypeOf(url);
  const manifests: ReferrerDescriptor[] = [];
  let bytes = 0;
  let next: Readonly<Record<string, string>> = {};
  for await (const referrer of referrers) {
    if (type !== undefined && referrer.artifactType !== type) continue;
    bytes += new TextEncoder().encode(JSON.stringify(referrer)).length;
    const last = manifests.at(-1);
    if (last !== undefined && bytes > PAGE_BYTES) {
      next = nextPage(url, last.digest);
      break;
    }
    manifests.push(referrer);
  }
  const headers = new Headers({ "content-type": OCI_INDEX, ...next });
  if (type !== undefined) headers.set("oci-filters-applied", "artifactType");
  return new Response(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }), { headers });
}

/** A media type has no space: where there is one, somebody typed the plus of `+json` into a query as it is. */
function artifactTypeOf(url: URL): string | undefined {
  const type = url.searchParams.get("artifactType")?.replaceAll(" ", "+");
  return type === "" ? undefined : type;
}
