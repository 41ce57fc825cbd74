/** Who may do what: what each request needs, and the face that grants it. */
import type { HttpRequest } from "../http/server/handler";
import { type Route } from "./route";

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

/** As Docker's registry has it, but for uploads: whoever may push may also cancel. */
export function accessNeeded(route: Route, method: string, url: URL): Access[] {
  if (route.kind === "base") return [];
  if (route.kind === "catalog") return [{ type: "registry", name: "catalog", action: "*" }];
  const actions = actionsNeeded(route, method).map((action) => repositoryAccess(route.name, action));
  const from =
    route.kind === "uploads" && url.searchParams.has("mount") ? url.searchParams.get("from") : null;
  return from === null ? actions : [...actions, repositoryAccess(from, "pull")];
}

function actionsNeeded(route: Route, method: string): Action[] {
  if (route.kind === "upload" || route.kind === "uploads") return ["pull", "push"];
  if (method === "GET" || method === "HEAD") return ["pull"];
  return method === "DELETE" ? ["delete"] : ["pull", "push"];
}

export function repositoryAccess(name: string, action: Action): Access {
  return { type: "repository", name, action };
}
