/** The referrers API: OCI Distribution 1.1 "Listing Referrers". */
import { OCI_INDEX, type ReferrerDescriptor } from "../manifest";

/** An image index of the referrers; with `artifactType`, only of those of that type. */
export function referrersResponse(
  referrers: readonly ReferrerDescriptor[],
  artifactType: string | null,
): Response {
  const filtered = artifactType !== null && artifactType !== "";
  const manifests = filtered
    ? referrers.filter((referrer) => referrer.artifactType === artifactType)
    : referrers;
  return new Response(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }), {
    headers: { "content-type": OCI_INDEX, ...(filtered ? { "oci-filters-applied": "artifactType" } : {}) },
  });
}
