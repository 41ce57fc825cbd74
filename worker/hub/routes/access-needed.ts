/** The rights that each route needs. */
import type { Access, Action } from "../access";
import type { Route } from "./route";

/** As in Docker's registry, except for uploads: the right to push includes the right to cancel. */
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

function repositoryAccess(name: string, action: Action): Access {
  return { type: "repository", name, action };
}
