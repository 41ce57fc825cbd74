/** Scopes of Docker's token authentication: `repository:library/nginx:pull,push`, several of them with spaces between. */
import type { Access } from "../access";

export interface Scope {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

const MAX_SCOPES = 64;

/** Reads every `scope` parameter; undefined when one is malformed, or there are more than 64. */
export function parseScopes(parameters: readonly string[]): Scope[] | undefined {
  const texts = parameters.flatMap((parameter) => parameter.split(" ")).filter((text) => text !== "");
  if (texts.length > MAX_SCOPES) return undefined;
  const scopes = texts.map(parseScope);
  return scopes.every((scope) => scope !== undefined) ? scopes : undefined;
}

/** A name may have a colon in it (a host with its port), a type and actions have none. A type may have a class. */
function parseScope(text: string): Scope | undefined {
  const match = /^([a-z0-9]+)(?:\([a-z0-9]+\))?:(.+):([a-z*]+(?:,[a-z*]+)*|)$/.exec(text);
  if (match === null) return undefined;
  const [, type = "", name = "", actions = ""] = match;
  return { type, name, actions: actions === "" ? [] : [...new Set(actions.split(","))] };
}

/** What a challenge asks a client to get a token for. */
export function formatScopes(needs: readonly Access[]): string {
  const actions = new Map<string, string[]>();
  for (const { type, name, action } of needs) {
    const resource = `${type}:${name}`;
    actions.set(resource, [...(actions.get(resource) ?? []), action]);
  }
  return [...actions].map(([resource, list]) => `${resource}:${list.join(",")}`).join(" ");
}
