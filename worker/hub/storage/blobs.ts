/**
 * The blobs of one registry's repositories. A repository has a blob when it is linked to it; the bytes are stored once
 * and go when the last link of any registry goes. Blobs of the catalogue belong to the catalogue's repositories, and
 * are copied into the store as soon as somebody's image needs them: a later build of the catalogue has other layers,
 * and what was pushed must outlive it.
 */
import type { Catalogue, CatalogueBlob } from "../catalogue/catalogue";
import { createHasher } from "../digest";
import { RegistryError } from "../errors";
import { algorithmOf, type Digest } from "../names";
import type { RepositoryIndex } from "./repository-index";
import type { RegistryStorage, Staging } from "./store";

export interface BlobContent {
  /** In bytes. */
  readonly size: number;
  open(start: number, end: number): Promise<ReadableStream<Uint8Array>>;
}

export interface BlobsOptions {
  readonly storage: RegistryStorage;
  readonly index: RepositoryIndex;
  readonly catalogue: Catalogue;
  /**
   * Whether a repository may take any blob that this registry can find, and seems to have all of the catalogue's. A
   * client that pushes an image made from one of the catalogue's then finds its layers in place: compressing and
   * sending them is slow work for an emulated machine.
   */
  readonly sharesBlobs: boolean;
}

export class Blobs {
  readonly #options: BlobsOptions;

  constructor(options: BlobsOptions) {
    this.#options = options;
  }

  /** The blob as this repository has it; undefined when it has not. */
  async find(name: string, digest: Digest): Promise<BlobContent | undefined> {
    const { index, catalogue, sharesBlobs } = this.#options;
    if (await index.hasLink(name, digest)) {
      const stored = await this.#stored(digest);
      if (stored !== undefined) return stored;
    }
    return sharesBlobs || catalogue.tags(name) !== undefined ? catalogue.blob(digest) : undefined;
  }

  /** Makes verified bytes a blob of the repository. @throws StorageFullError, and then nothing is left behind */
  async commit(name: string, staging: Staging, digest: Digest): Promise<void> {
    const { storage, index } = this.#options;
    await storage.serial.run(async () => {
      try {
        await staging.commit(digest);
        await index.link(name, digest);
      } catch (error) {
        await staging.discard();
        await this.#dropUnlinked(digest);
        throw error;
      }
    });
  }

  /** Gives the repository a blob of `source`, or with no source one from anywhere; says whether it was to be had. */
  async mount(name: string, source: string | undefined, digest: Digest): Promise<boolean> {
    const isThere =
      source === undefined ? this.#options.sharesBlobs : (await this.find(source, digest)) !== undefined;
    if (!isThere) return false;
    return this.keep(name, digest);
  }

  /**
   * Links a blob that some repository or the catalogue has, and copies it into the store when it is not there yet.
   * Says whether there is such a blob.
   */
  async keep(name: string, digest: Digest): Promise<boolean> {
    const { storage, index, catalogue } = this.#options;
    const linked = await storage.serial.run(async () => {
      if ((await this.#stored(digest)) === undefined) return false;
      await index.link(name, digest);
      return true;
    });
    if (linked) return true;
    const source = catalogue.blob(digest);
    if (source === undefined) return false;
    await this.commit(name, await this.#copy(source, digest), digest);
    return true;
  }

  /** Takes the blob from the repository. @throws RegistryError BLOB_UNKNOWN, UNSUPPORTED for one of the catalogue */
  async remove(name: string, digest: Digest): Promise<void> {
    const { storage, index } = this.#options;
    await storage.serial.run(async () => {
      if (!(await index.hasLink(name, digest))) {
        const known = (await this.find(name, digest)) !== undefined;
        throw new RegistryError(known ? "UNSUPPORTED" : "BLOB_UNKNOWN", { detail: digest });
      }
      await index.unlink(name, digest);
      await this.#dropUnlinked(digest);
    });
  }

  async #dropUnlinked(digest: Digest): Promise<void> {
    const { storage, index } = this.#options;
    if (!(await index.isLinkedAnywhere(digest))) await storage.blobs.delete(digest);
  }

  async #stored(digest: Digest): Promise<BlobContent | undefined> {
    const { blobs } = this.#options.storage;
    const size = await blobs.size(digest);
    return size === undefined ? undefined : { size, open: (start, end) => blobs.read(digest, start, end) };
  }

  async #copy(source: CatalogueBlob, digest: Digest): Promise<Staging> {
    const staging = await this.#options.storage.blobs.stage();
    try {
      const hasher = await createHasher(algorithmOf(digest));
      const reader = (await source.open(0, source.size)).getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        hasher.update(next.value);
        await staging.append(next.value);
      }
      if (hasher.digest() !== digest) throw new RegistryError("UNAVAILABLE", { detail: digest });
      return staging;
    } catch (error) {
      await staging.discard();
      throw error;
    }
  }
}
