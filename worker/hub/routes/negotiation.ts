/** Which manifest a client gets that says what it understands: the specification's "Content Negotiation". */
import { mediaTypeOf } from "../../http/headers";
import { isIndexType, MANIFEST_TYPES, type ChildDescriptor } from "../manifest";

export type Choice =
  | { readonly kind: "stored" }
  /** Of an index, this manifest, because the client takes no index. */
  | { readonly kind: "child"; readonly child: ChildDescriptor }
  | { readonly kind: "none" };

/** What the guest is. Clients too old for an index are given the image for it, as Docker's registry gives amd64. */
const PLATFORM = { os: "linux", architecture: "386" };

/**
 * `accept` is the request's Accept header. One that names no kind of manifest, or has a wildcard, takes everything:
 * such clients (a browser, curl) have not thought about manifests.
 */
export function negotiate(
  accept: string | null,
  mediaType: string,
  children: readonly ChildDescriptor[],
): Choice {
  const types = (accept ?? "").split(",").map(mediaTypeOf);
  const asksForManifests = types.some((type) => MANIFEST_TYPES.includes(type));
  const takesAnything = types.some((type) => type === "*/*" || type === "application/*");
  if (!asksForManifests || takesAnything || types.includes(mediaType)) return { kind: "stored" };
  if (!isIndexType(mediaType)) return { kind: "none" };
  const readable = children.filter((child) => types.includes(child.mediaType));
  const child =
    readable.find(
      ({ platform }) => platform?.os === PLATFORM.os && platform.architecture === PLATFORM.architecture,
    ) ?? readable[0];
  return child === undefined ? { kind: "none" } : { kind: "child", child };
}
