/** Who may do what: rights, and the face that grants them. */
import type { HttpRequest } from "../http/server/handler";

export type Action = "pull" | "push" | "delete" | "*";

/** The right to do something to a repository, or to the registry's catalog. */
export interface Access {
  readonly type: "repository" | "registry";
  readonly name: string;
  readonly action: Action;
}

/** How a registry shows itself: what is open to whom, and which URLs it has beside `/v2/`. */
export interface Face {
  /** @throws RegistryError UNAUTHORIZED or DENIED unless the request's sender has all of `needs` */
  authorise(request: HttpRequest, url: URL, needs: readonly Access[]): Promise<void>;
  /** An answer for a path outside `/v2`; undefined when the face has none. */
  answer(request: HttpRequest, url: URL): Promise<Response | undefined>;
}
