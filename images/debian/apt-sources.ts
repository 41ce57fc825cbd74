/** Reads apt's source lists (sources.list(5)), only as far as is needed to find the machine's Debian mirror. */

export interface AptSource {
  uris: string[];
  suites: string[];
  components: string[];
}

/** One-line format: `deb [ option=value ... ] uri suite [component ...]`. Commented lines and `deb-src` are skipped. */
export function parseOneLineSources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)([^#]*)/.exec(line);
    const [, uri, suite, rest] = match ?? [];
    if (uri === undefined || suite === undefined) continue;
    sources.push({ uris: [uri], suites: [suite], components: (rest ?? "").split(/\s+/).filter(Boolean) });
  }
  return sources;
}

/** Deb822 format: stanzas of `Field: value`, continuation lines indented, comments on lines of their own. */
export function parseDeb822Sources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = new Map<string, string>();
    let field: string | undefined;
    for (const line of stanza.split("\n")) {
      if (line.startsWith("#")) continue;
      const match = /^([^\s:]+):(.*)$/.exec(line);
      if (match?.[1] !== undefined) {
        field = match[1].toLowerCase();
        fields.set(field, match[2] ?? "");
      } else if (field !== undefined && /^\s/.test(line)) {
        fields.set(field, `${fields.get(field) ?? ""} ${line}`);
      }
    }
    const words = (name: string): string[] => (fields.get(name) ?? "").split(/\s+/).filter(Boolean);
    const disabled = /^\s*(no|false|without|off|disable)\s*$/i.test(fields.get("enabled") ?? "");
    if (disabled || !words("types").includes("deb")) continue;
    sources.push({ uris: words("uris"), suites: words("suites"), components: words("components") });
  }
  return sources;
}

export interface DebianMirror {
  /** The archive itself: `<mirror>/dists/<suite>/` is there. */
  archive: string;
  /** The security archive. */
  security: string;
}

const withoutSlash = (uri: string): string => uri.replace(/\/+$/, "");

/** The security archive lies beside the archive on every full mirror. */
function siblingSecurity(archive: string): string {
  return archive.endsWith("/debian")
    ? `${archive}-security`
    : archive.replace(/\/debian\//, "/debian-security/");
}

/**
 * The places that may be Debian's archive, likeliest first. Which one it is shows when apt verifies it: a third party's
 * repository for the same code name is not signed with Debian's keys.
 *
 * @param codename the machine's own release, for instance `bookworm`
 * @param override `DEBIAN_MIRROR`: the URI that stands in a sources list, for instance http://mirror.example/debian
 */
export function findDebianMirrors(sources: AptSource[], codename: string, override?: string): DebianMirror[] {
  if (override !== undefined && override !== "") {
    const archive = withoutSlash(override);
    return [{ archive, security: siblingSecurity(archive) }];
  }
  const releases = [codename, "stable", "testing", "unstable", "sid"];
  const uses = (source: AptSource, suites: string[]): boolean =>
    source.components.includes("main") && source.suites.some((suite) => suites.includes(suite));
  const urisFor = (suites: string[]): string[] =>
    sources
      .filter((source) => uses(source, suites))
      .flatMap((source) => source.uris)
      .filter((uri) => !uri.startsWith("cdrom:"))
      .map(withoutSlash);
  const looksLikeDebian = (uri: string): number => (/\/debian(\/|$)/.test(uri) ? 0 : 1);
  const archives = [...new Set(urisFor(releases))].sort((a, b) => looksLikeDebian(a) - looksLikeDebian(b));
  const security = urisFor(releases.map((release) => `${release}-security`))[0];
  return archives.map((archive) => ({ archive, security: security ?? siblingSecurity(archive) }));
}
