/**
 * The metadata of one registry: which repositories, tags, manifests, blobs and referrers there are. What was pushed
 * lies over the catalogue and hides it where the two meet.
 */
import type { AbsentImage, Catalogue, MissingImage } from "../catalogue/catalogue";
import type { ReferrerDescriptor } from "../manifest";
import type { Digest, Reference } from "../names";
import {
  decode,
  keys,
  linkRecord,
  manifestRecord,
  referrerRecord,
  repositoryRecord,
  tagRecord,
  type Scope,
} from "./records";
import type { MetadataStore } from "./store";

export interface StoredManifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether it comes from the catalogue, which is read-only. */
  readonly fromCatalogue: boolean;
}

/** A manifest to be written, with everything that depends on it. */
export interface ManifestEntry {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly text: string;
  readonly tags: readonly string[];
  readonly referrer: { readonly subject: Digest; readonly descriptor: ReferrerDescriptor } | undefined;
}

export class RepositoryIndex {
  readonly #registry: string;
  readonly #store: MetadataStore;
  readonly #catalogue: Catalogue;
  readonly #now: () => number;

  constructor(registry: string, store: MetadataStore, catalogue: Catalogue, now: () => number) {
    this.#registry = registry;
    this.#store = store;
    this.#catalogue = catalogue;
    this.#now = now;
  }

  scope(name: string): Scope {
    return `${this.#registry}/${name}`;
  }

  /** Whether a manifest was ever pushed to this repository, or the catalogue has it. */
  async exists(name: string): Promise<boolean> {
    if (this.#catalogue.tags(name) !== undefined) return true;
    return decode(repositoryRecord, await this.#store.get(keys.repository(this.scope(name)))) !== undefined;
  }

  /** Why an image that belongs to the hub is not in this build's catalogue. */
  missing(name: string): MissingImage | undefined {
    return this.#catalogue.missing.find((each) => each.name === name);
  }

  /** What there is instead of an image that no build has. One that was pushed under its name is there, of course. */
  absent(name: string): AbsentImage | undefined {
    return this.#catalogue.absent.find((each) => each.name === name);
  }

  async repositories(): Promise<string[]> {
    const prefix = keys.repositories(this.#registry);
    const pushed = (await this.#store.keys(prefix)).map((key) => key.slice(prefix.length));
    return sorted([...pushed, ...this.#catalogue.repositories.map((repository) => repository.name)]);
  }

  async tags(name: string): Promise<string[]> {
    const prefix = keys.tags(this.scope(name));
    const pushed = (await this.#store.keys(prefix)).map((key) => key.slice(prefix.length));
    return sorted([...pushed, ...(this.#catalogue.tags(name)?.keys() ?? [])]);
  }

  async resolve(name: string, reference: Reference): Promise<Digest | undefined> {
    if (reference.kind === "digest") return reference.digest;
    const pushed = decode(tagRecord, await this.#store.get(keys.tag(this.scope(name), reference.tag)));
    if (pushed !== undefined) return pushed.digest;
    return (
      this.#catalogue.tags(name)?.get(reference.tag) ?? this.#catalogue.played(name, reference.tag)?.digest
    );
  }

  /** What plays a tag that the catalogue does not list and nobody pushed: its name. */
  async playedBy(name: string, reference: Reference): Promise<string | undefined> {
    if (reference.kind === "digest" || this.#catalogue.tags(name)?.has(reference.tag) === true)
      return undefined;
    const played = this.#catalogue.played(name, reference.tag);
    return played === undefined || (await this.hasPushedTag(name, reference.tag)) ? undefined : played.by;
  }

  /** Whether the tag is one that was pushed, and so can be deleted. */
  async hasPushedTag(name: string, tag: string): Promise<boolean> {
    return (await this.#store.get(keys.tag(this.scope(name), tag))) !== undefined;
  }

  async manifest(name: string, digest: Digest): Promise<StoredManifest | undefined> {
    const pushed = decode(manifestRecord, await this.#store.get(keys.manifest(this.scope(name), digest)));
    if (pushed !== undefined) {
      const bytes = new TextEncoder().encode(pushed.text);
      return { mediaType: pushed.mediaType, digest, bytes, fromCatalogue: false };
    }
    const ready = await this.#catalogue.manifest(name, digest);
    return ready === undefined ? undefined : { ...ready, digest, fromCatalogue: true };
  }

  /** @throws StorageFullError, and then nothing is written */
  async putManifest(name: string, entry: ManifestEntry): Promise<void> {
    const scope = this.scope(name);
    const at = this.#now();
    const changes = new Map<string, string | undefined>();
    if (!(await this.exists(name))) changes.set(keys.repository(scope), JSON.stringify({ at }));
    const record = { mediaType: entry.mediaType, text: entry.text, at };
    changes.set(keys.manifest(scope, entry.digest), JSON.stringify(record));
    for (const tag of entry.tags) {
      changes.set(keys.tag(scope, tag), JSON.stringify({ digest: entry.digest, at }));
    }
    if (entry.referrer !== undefined) {
      const { subject, descriptor } = entry.referrer;
      changes.set(keys.referrer(scope, subject, entry.digest), JSON.stringify(descriptor));
    }
    await this.#store.write(changes);
  }

  async deleteTag(name: string, tag: string): Promise<void> {
    await this.#store.write(new Map([[keys.tag(this.scope(name), tag), undefined]]));
  }

  /** Deletes a pushed manifest, the tags that name it, and its place among the referrers of `subject`. */
  async deleteManifest(name: string, digest: Digest, subject: Digest | undefined): Promise<void> {
    const scope = this.scope(name);
    const changes = new Map<string, string | undefined>([[keys.manifest(scope, digest), undefined]]);
    for (const key of await this.#store.keys(keys.tags(scope))) {
      if (decode(tagRecord, await this.#store.get(key))?.digest === digest) changes.set(key, undefined);
    }
    if (subject !== undefined) changes.set(keys.referrer(scope, subject, digest), undefined);
    await this.#store.write(changes);
  }

  /** In the order of their digests, those behind `last`. Each is read when it is asked for. */
  async *referrers(name: string, subject: Digest, last: string): AsyncGenerator<ReferrerDescriptor, void> {
    const prefix = keys.referrers(this.scope(name), subject);
    for (const key of await this.#store.keys(prefix)) {
      if (key <= prefix + last) continue;
      const record = decode(referrerRecord, await this.#store.get(key));
      if (record !== undefined) yield record;
    }
  }

  async hasLink(name: string, digest: Digest): Promise<boolean> {
    return decode(linkRecord, await this.#store.get(keys.link(digest, this.scope(name)))) !== undefined;
  }

  async link(name: string, digest: Digest): Promise<void> {
    const record = JSON.stringify({ at: this.#now() });
    await this.#store.write(new Map([[keys.link(digest, this.scope(name)), record]]));
  }

  async unlink(name: string, digest: Digest): Promise<void> {
    await this.#store.write(new Map([[keys.link(digest, this.scope(name)), undefined]]));
  }

  /** Whether any repository of any registry has the blob. */
  async isLinkedAnywhere(digest: Digest): Promise<boolean> {
    return (await this.#store.keys(keys.links(digest))).length > 0;
  }
}

/** Distinct values in the order of their UTF-16 code units, the specification's "ASCIIbetical". */
function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
