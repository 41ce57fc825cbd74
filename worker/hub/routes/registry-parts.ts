/** What the routes of one registry work with. */
import type { ImageNotice } from "../../../contract/events";
import type { Blobs } from "../storage/blobs";
import type { Catalogue } from "../catalogue/catalogue";
import type { HttpRequest } from "../../http/server/handler";
import type { RepositoryIndex } from "../storage/repository-index";
import type { RegistryStorage } from "../storage/store";
import type { Uploads } from "../storage/uploads";

export interface Limits {
  /** Bytes of one manifest. The specification asks for at least 4 MB. */
  readonly maxManifestBytes: number;
  /** Bytes of one blob. */
  readonly maxBlobBytes: number;
}

export const DEFAULT_LIMITS: Limits = { maxManifestBytes: 4 * 1024 * 1024, maxBlobBytes: 4 * 1024 ** 3 };

export interface RegistryParts {
  readonly storage: RegistryStorage;
  readonly catalogue: Catalogue;
  readonly index: RepositoryIndex;
  readonly blobs: Blobs;
  readonly uploads: Uploads;
  readonly limits: Limits;
  /** Tells the page what a client is not told, or not in words. */
  readonly notify: (notice: ImageNotice) => void;
}

export interface Call {
  readonly request: HttpRequest;
  readonly url: URL;
}
