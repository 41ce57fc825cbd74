/** `/v2/<name>/manifests/<reference>`: OCI Distribution 1.1 end-3, end-7 and end-9. */
import { absenceNotice, explainAbsence, familiarReference } from "./absence";
import { matches } from "./blob-routes";
import { digestOf } from "../digest";
import { RegistryError } from "../errors";
import { readAll } from "../../bytes";
import { mediaTypeOf } from "../../http/headers";
import { emptyResponse } from "../responses";
import { parseManifest, type Descriptor, type ParsedManifest } from "../manifest";
import { algorithmOf, parseTag, type Digest, type Reference } from "../names";
import { negotiate } from "./negotiation";
import type { StoredManifest } from "../storage/repository-index";
import type { Call, RegistryParts } from "./registry-parts";

const MAX_TAG_PARAMETERS = 100;

export async function getManifest(
  parts: RegistryParts,
  call: Call,
  name: string,
  reference: Reference,
): Promise<Response> {
  const manifest = await choose(parts, call, name, reference);
  const etag = `"${manifest.digest}"`;
  const by = await parts.index.playedBy(name, reference);
  if (by !== undefined) parts.notify({ kind: "played", image: familiarReference(name, reference), by });
  const headers = { "content-type": manifest.mediaType, "docker-content-digest": manifest.digest, etag };
  if (matches(call.request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  const body = call.request.method === "HEAD" ? null : manifest.bytes;
  return new Response(body, { headers: { ...headers, "content-length": String(manifest.bytes.length) } });
}

async function choose(
  parts: RegistryParts,
  call: Call,
  name: string,
  reference: Reference,
): Promise<StoredManifest> {
  const manifest = await find(parts, name, reference);
  if (reference.kind === "digest") return manifest;
  const accept = call.request.headers.get("accept");
  const choice = negotiate(accept, manifest.mediaType, parse(manifest).children);
  if (choice.kind === "stored") return manifest;
  if (choice.kind === "child") return find(parts, name, { kind: "digest", digest: choice.child.digest });
  throw new RegistryError("MANIFEST_UNKNOWN", {
    message: `manifest unknown: it is of type ${manifest.mediaType}, which the Accept header does not take`,
  });
}

async function find(parts: RegistryParts, name: string, reference: Reference): Promise<StoredManifest> {
  const digest = await parts.index.resolve(name, reference);
  const manifest = digest === undefined ? undefined : await parts.index.manifest(name, digest);
  if (manifest !== undefined) return manifest;
  const notice = absenceNotice(parts, name, reference);
  if (notice !== undefined) parts.notify(notice);
  const why = explainAbsence(parts, name, reference);
  const message = why === undefined ? {} : { message: `manifest unknown: ${why}` };
  const detail =
    reference.kind === "tag" ? `unknown tag=${reference.tag}` : `unknown digest=${reference.digest}`;
  throw new RegistryError("MANIFEST_UNKNOWN", { ...message, detail });
}

function parse(manifest: StoredManifest): ParsedManifest {
  return parseManifest(new TextDecoder().decode(manifest.bytes), manifest.mediaType);
}

export async function putManifest(
  parts: RegistryParts,
  call: Call,
  name: string,
  reference: Reference,
): Promise<Response> {
  const bytes = await readBody(call, parts.limits.maxManifestBytes);
  if (bytes === undefined) {
    const message = `a manifest may have at most ${parts.limits.maxManifestBytes} bytes`;
    throw new RegistryError("MANIFEST_INVALID", { status: 413, message });
  }
  const text = decodeUtf8(bytes);
  const manifest = parseManifest(text, mediaTypeOf(call.request.headers.get("content-type")));
  const digest = await digestOf(
    bytes,
    reference.kind === "digest" ? algorithmOf(reference.digest) : "sha256",
  );
  if (reference.kind === "digest" && reference.digest !== digest) {
    throw new RegistryError("DIGEST_INVALID", { detail: { expected: reference.digest, actual: digest } });
  }
  const tags = reference.kind === "tag" ? [reference.tag] : tagParameters(call.url);
  await keepReferences(parts, name, manifest);
  await parts.storage.serial.run(async () => {
    await checkConditions(parts, call, name, reference);
    await checkReferences(parts, name, manifest);
    await parts.index.putManifest(name, {
      digest,
      mediaType: manifest.mediaType,
      text,
      tags,
      referrer: referrerOf(manifest, digest, bytes.length),
    });
  });
  return emptyResponse(201, {
    location: `/v2/${name}/manifests/${digest}`,
    "docker-content-digest": digest,
    ...(manifest.subject === undefined ? {} : { "oci-subject": manifest.subject }),
    ...(reference.kind === "digest" && tags.length > 0 ? { "oci-tag": tags.join(", ") } : {}),
  });
}

async function readBody({ request }: Call, most: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await readAll(request.body, most);
  } catch (error) {
    // The client's side failed, not ours.
    throw new RegistryError("MANIFEST_INVALID", { message: "the request's body broke off", cause: error });
  }
}

/**
 * `If-Match` and `If-None-Match` (RFC 9110 section 13.1) against what the reference names now: by them two clients that
 * move one tag learn of each other. @throws RegistryError with status 412
 */
async function checkConditions(
  { index }: RegistryParts,
  { request: { headers } }: Call,
  name: string,
  reference: Reference,
): Promise<void> {
  const [wanted, unwanted] = [headers.get("if-match"), headers.get("if-none-match")];
  if (wanted === null && unwanted === null) return;
  const digest = await index.resolve(name, reference);
  const isThere = digest !== undefined && (await index.manifest(name, digest)) !== undefined;
  const names = (tags: string): boolean => isThere && matches(tags, `"${digest}"`);
  if ((wanted === null || names(wanted)) && (unwanted === null || !names(unwanted))) return;
  const message = isThere ? `it is ${digest}` : "it is not there";
  throw new RegistryError("MANIFEST_INVALID", { status: 412, message: `precondition failed: ${message}` });
}

/** `?tag=` on a push by digest. */
function tagParameters(url: URL): string[] {
  const tags = url.searchParams.getAll("tag").map(parseTag);
  if (tags.length > MAX_TAG_PARAMETERS) {
    throw new RegistryError("TAG_INVALID", { status: 414, message: "too many tags" });
  }
  return tags;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new RegistryError("MANIFEST_INVALID", { detail: "not UTF-8", cause: error });
  }
}

/** Its own blobs, and of an index those children that are no manifests of the repository: then they must be blobs. */
async function neededBlobs(
  parts: RegistryParts,
  name: string,
  manifest: ParsedManifest,
): Promise<Descriptor[]> {
  const needed = [...manifest.blobs];
  for (const child of manifest.children) {
    if ((await parts.index.manifest(name, child.digest)) === undefined) needed.push(child);
  }
  return needed;
}

/** Links what the repository is only lent by the catalogue. */
async function keepReferences(parts: RegistryParts, name: string, manifest: ParsedManifest): Promise<void> {
  for (const { digest } of await neededBlobs(parts, name, manifest)) {
    if (await parts.index.hasLink(name, digest)) continue;
    if ((await parts.blobs.find(name, digest)) !== undefined) await parts.blobs.keep(name, digest);
  }
}

/** @throws RegistryError MANIFEST_BLOB_UNKNOWN with everything that is missing; MANIFEST_INVALID for a wrong size */
async function checkReferences(parts: RegistryParts, name: string, manifest: ParsedManifest): Promise<void> {
  const missing: Digest[] = [];
  for (const { digest, size } of await neededBlobs(parts, name, manifest)) {
    const blob = (await parts.index.hasLink(name, digest)) ? await parts.blobs.find(name, digest) : undefined;
    if (blob === undefined) missing.push(digest);
    else if (blob.size !== size) {
      throw new RegistryError("MANIFEST_INVALID", {
        detail: `${digest} has ${blob.size} bytes, not ${size}`,
      });
    }
  }
  if (missing.length === 0) return;
  throw new RegistryError("MANIFEST_BLOB_UNKNOWN", { detail: missing.map((digest) => ({ digest })) });
}

function referrerOf(manifest: ParsedManifest, digest: Digest, size: number) {
  const { subject, mediaType, artifactType, annotations } = manifest;
  return subject === undefined
    ? undefined
    : { subject, descriptor: { mediaType, digest, size, artifactType, annotations } };
}

/** DELETE of a tag takes the tag; of a digest, the manifest and every tag that names it. */
export async function deleteManifest(
  parts: RegistryParts,
  name: string,
  reference: Reference,
): Promise<Response> {
  const { index, storage } = parts;
  if (!(await index.exists(name))) throw new RegistryError("NAME_UNKNOWN", { detail: { name } });
  await storage.serial.run(async () => {
    const manifest = await find(parts, name, reference);
    if (reference.kind === "tag") {
      if (!(await index.hasPushedTag(name, reference.tag))) throw fixed();
      await index.deleteTag(name, reference.tag);
      return;
    }
    if (manifest.fromCatalogue) throw fixed();
    await index.deleteManifest(name, manifest.digest, parse(manifest).subject);
  });
  return emptyResponse(202);
}

function fixed(): RegistryError {
  return new RegistryError("UNSUPPORTED", { message: "images of the catalogue cannot be deleted" });
}
