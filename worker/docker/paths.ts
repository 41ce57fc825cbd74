/** Addresses in the Engine API, with the names in them escaped. */

export type EngineFilters = Readonly<Record<string, readonly string[]>>;

/** A container by its name, its id, or the beginning of its id. */
export function containerPath(name: string, what = "json"): string {
  return `/containers/${encodeURIComponent(name)}/${what}`;
}

/** All containers that the filters let through, stopped ones too. */
export function containersPath(filters?: EngineFilters): string {
  return `/containers/json?all=true${filters === undefined ? "" : `&${filtersText(filters)}`}`;
}

/** An image by its reference or its id. A reference keeps its slashes. */
export function imagePath(reference: string, what: "json" | "history" = "json"): string {
  return `/images/${reference.split("/").map(encodeURIComponent).join("/")}/${what}`;
}

export function volumePath(name: string): string {
  return `/volumes/${encodeURIComponent(name)}`;
}

export function networkPath(name: string): string {
  return `/networks/${encodeURIComponent(name)}`;
}

/** What happened between two times, in milliseconds since the epoch. */
export function pastEventsPath(sinceMs: number, untilMs: number, filters: EngineFilters): string {
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  return `/events?since=${seconds(sinceMs)}&until=${seconds(untilMs)}&${filtersText(filters)}`;
}

/** The daemon wants them as JSON. */
function filtersText(filters: EngineFilters): string {
  return `filters=${encodeURIComponent(JSON.stringify(filters))}`;
}
