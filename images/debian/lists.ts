/** Debian's lists of packages and sources, read and asked by a private apt. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { ToolError } from "../pipeline/run-tool";
import { findDebianMirrors, type DebianMirror } from "./apt-sources";
import { parseCodename, type PrivateApt, readMachineSources } from "./private-apt";
import type { PackageFile, RemoteFile, Source } from "./wants";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** The lists must be there, or be given up, within this time: a mirror that is away must be noticed soon. */
const LIMIT_MS = 80_000;

/**
 * By digest first, as the archive offers; then by name, which a mirror between two states may have; then again, for one
 * that is busy.
 */
const ATTEMPTS = [
  { pauseMs: 0, byHash: true },
  { pauseMs: 0, byHash: false },
  { pauseMs: 1500, byHash: true },
  { pauseMs: 1500, byHash: false },
] as const;

/** What the lists name and cannot be had in this combination: an unknown name, a dependency that nothing meets. */
export class UnsatisfiableError extends Error {
  override readonly name = "UnsatisfiableError";
}

/** What the resolver asks of the lists; `AptLists` is it for a mirror. */
export interface Lists {
  /** The newest allowed version of each name, without dependencies. @throws UnsatisfiableError */
  packages(names: readonly string[]): Promise<PackageFile[]>;
  /** The names with everything that they depend on. @throws UnsatisfiableError */
  tree(names: readonly string[]): Promise<PackageFile[]>;
  /** Every version of a source package, newest first. */
  sources(name: string): Promise<Source[]>;
  /** From now on answers do without this version of a package, and without all that was built from the same source. */
  avoid(file: PackageFile): Promise<void>;
  /** Reads the lists anew. */
  refresh(): Promise<void>;
  /** The archives' addresses, the first is the one that answers are from. */
  readonly archives: readonly string[];
}

export interface ListsOptions {
  readonly apt: PrivateApt;
  readonly suite: string;
  /** Says something that is not a failure. */
  readonly note: (text: string) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** What the lists must be signed with, as an option of a sources list; Debian's keys unless given. */
  readonly trust?: string;
}

export class AptLists implements Lists {
  readonly archives: readonly string[];
  readonly #apt: PrivateApt;
  readonly #lines: readonly string[];
  readonly #pins: string[] = [];
  /** Answers of apt, until the lists or the preferences change. */
  readonly #answers = new Map<string, Promise<string>>();

  private constructor(apt: PrivateApt, lines: readonly string[], archives: readonly string[]) {
    this.#apt = apt;
    this.#lines = lines;
    this.archives = archives;
  }

  /**
   * Reads the lists of the suite and of what goes with it (updates, security). One that does not fit its Release is asked
   * for again, by digest and by name; the suites beside the main one are then left out with a note.
   * @throws Error when no mirror is known, or none has the suite signed with Debian's keys
   */
  static async open({
    apt,
    suite,
    note,
    env = process.env,
    trust = `signed-by=${KEYRING}`,
  }: ListsOptions): Promise<AptLists> {
    const osRelease = await readFile("/etc/os-release", "utf8").catch(() => "");
    const mirrors = findDebianMirrors(
      await readMachineSources(),
      parseCodename(osRelease),
      env["DEBIAN_MIRROR"],
    );
    if (mirrors.length === 0) {
      throw new Error(
        "apt's sources on this machine name no Debian mirror: set DEBIAN_MIRROR, for instance to http://…/debian",
      );
    }
    const { lines, archive } = await findUsableSources(apt, mirrors, suite, trust, note);
    const others = mirrors.map((mirror) => mirror.archive).filter((each) => each !== archive);
    return new AptLists(apt, lines, [archive, ...others]);
  }

  async packages(names: readonly string[]): Promise<PackageFile[]> {
    if (names.length === 0) return [];
    const printed = await this.#ask("apt-get", ["download", "--print-uris", "-qq", ...names]);
    const files = parsePackageUris(printed);
    const absent = names.filter((name) => !files.some((file) => file.package === name));
    if (absent.length > 0) throw new UnsatisfiableError(`the lists do not name ${absent.join(", ")}`);
    return files;
  }

  async tree(names: readonly string[]): Promise<PackageFile[]> {
    if (names.length === 0) return [];
    return parsePackageUris(await this.#ask("apt-get", ["install", "--print-uris", "-qq", "-y", ...names]));
  }

  async sources(name: string): Promise<Source[]> {
    const text = await this.#ask("apt-cache", ["showsrc", "--only-source", name]);
    const versions = parseSources(text, "").flatMap(({ source, version }) =>
      source === name ? [version] : [],
    );
    const sources: Source[] = [];
    for (const version of await this.#newestFirst(versions)) {
      // apt knows which archive a version is from: security updates have one of their own.
      const question = ["source", "--print-uris", "-qq", "--only-source", `${name}=${version}`];
      const files = parseUris(await this.#ask("apt-get", question));
      sources.push({ source: name, version, form: "debian", files });
    }
    return sources;
  }

  async avoid({ package: name, version }: PackageFile): Promise<void> {
    const source = await this.#sourceOf(name, version);
    this.#answers.clear();
    this.#pins.push(`Package: src:${source}\nPin: version ${version}\nPin-Priority: -1\n`);
    this.#pins.push(`Package: ${name}\nPin: version ${version}\nPin-Priority: -1\n`);
    await this.#apt.prefer(this.#pins.join("\n"));
  }

  async refresh(): Promise<void> {
    this.#answers.clear();
    try {
      await this.#apt.update(this.#lines, true);
    } catch (error) {
      // The lists that are here stay in force.
      if (!(error instanceof ToolError)) throw error;
    }
  }

  async #sourceOf(name: string, version: string): Promise<string> {
    const shown = await this.#ask("apt-cache", ["show", `${name}=${version}`]);
    return /^Source: (\S+)/m.exec(shown)?.[1] ?? name;
  }

  async #newestFirst(versions: readonly string[]): Promise<string[]> {
    const sorted: string[] = [];
    for (const version of new Set(versions)) {
      let at = 0;
      while (at < sorted.length && !(await this.#isNewer(version, sorted[at] ?? ""))) at += 1;
      sorted.splice(at, 0, version);
    }
    return sorted;
  }

  async #isNewer(a: string, b: string): Promise<boolean> {
    try {
      await this.#apt.run("dpkg", ["--compare-versions", a, "gt", b]);
      return true;
    } catch (error) {
      if (error instanceof ToolError) return false;
      throw error;
    }
  }

  #ask(command: string, args: string[]): Promise<string> {
    const question = JSON.stringify([command, ...args]);
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    const answer = this.#askApt(command, args);
    this.#answers.set(question, answer);
    return answer;
  }

  async #askApt(command: string, args: string[]): Promise<string> {
    const lines: string[] = [];
    try {
      return await this.#apt.run(command, args, { onLine: (line) => lines.push(line) });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      throw new UnsatisfiableError(explain(lines) || error.message, { cause: error });
    }
  }
}

/** apt's own reasons out of its output, a few lines. */
function explain(lines: readonly string[]): string {
  const reasons = lines.filter((line) => /^E: |Depends: /.test(line)).map((line) => line.trim());
  return reasons.slice(0, 4).join("; ");
}

/**
 * Upstream's own signature of its tarball. Nobody needs it here: the digests are in what Debian has signed. So a mirror may
 * lack it.
 */
const isUpstreamSignature = (name: string): boolean => /\.orig\S*\.asc$/.test(name);

/** The lines of `--print-uris`: `'<uri>' <name> <bytes> SHA256:<digest>`. Lines of another shape are passed over. */
export function parseUris(text: string): RemoteFile[] {
  return text.split("\n").flatMap((line) => {
    const match = /^'([^']+)' (\S+) (\d+) SHA256:([0-9a-f]{64})$/.exec(line.trim());
    if (match === null) return [];
    const [, uri = "", name = "", bytes = "", sha256 = ""] = match;
    if (isUpstreamSignature(name)) return [];
    return [{ name, uri, bytes: Number(bytes), sha256 }];
  });
}

/** The same for binary packages: name and version are in the file's name. */
export function parsePackageUris(text: string): PackageFile[] {
  return parseUris(text).flatMap((file) => {
    const [, name, version] = /^([^_]+)_([^_]+)_[^_]+\.deb$/.exec(file.name) ?? [];
    if (name === undefined || version === undefined) return [];
    return [{ ...file, package: name, version: decodeURIComponent(version) }];
  });
}

/** The stanzas of `apt-cache showsrc`, as far as they have digests. */
export function parseSources(text: string, archive: string): Source[] {
  const sources: Source[] = [];
  for (const stanza of text.split(/\n\s*\n/)) {
    const field = (name: string): string => new RegExp(`^${name}: *(\\S+)`, "m").exec(stanza)?.[1] ?? "";
    const [source, version, directory] = [field("Package"), field("Version"), field("Directory")];
    const digests = /^Checksums-Sha256:((?:\n .*)+)/m.exec(stanza)?.[1] ?? "";
    const files = [...digests.matchAll(/^ ([0-9a-f]{64}) (\d+) (\S+)$/gm)]
      .map(([, sha256 = "", bytes = "", name = ""]) => ({
        name,
        uri: `${archive}/${directory}/${name}`,
        bytes: Number(bytes),
        sha256,
      }))
      .filter(({ name }) => !isUpstreamSignature(name));
    if (source !== "" && version !== "" && files.length > 0) {
      sources.push({ source, version, form: "debian", files });
    }
  }
  return sources;
}

/** The main suite must work; then those beside it are asked for, each by itself. */
async function findUsableSources(
  apt: PrivateApt,
  mirrors: readonly DebianMirror[],
  suite: string,
  trust: string,
  note: (text: string) => void,
): Promise<{ lines: string[]; archive: string }> {
  const began = Date.now();
  const both = (uri: string, name: string): string[] =>
    ["deb", "deb-src"].map((kind) => `${kind} [${trust}] ${uri} ${name} main`);
  /** Asks for several sources, one after the other, and again for those that failed. @returns what stayed away, and why */
  const ask = async (wanted: readonly string[][]): Promise<Map<string[], ToolError>> => {
    const failed = new Map<string[], ToolError>();
    for (const [attempt, { pauseMs, byHash }] of ATTEMPTS.entries()) {
      // What is not there will not be there in a second either.
      const hopeful = wanted.filter((lines) => {
        const problem = failed.get(lines);
        if (problem === undefined) return attempt === 0;
        return pauseMs === 0 || !/\s404\s/.test(problem.message);
      });
      if (hopeful.length === 0 || (attempt > 0 && Date.now() - began > LIMIT_MS)) break;
      await sleep(pauseMs);
      for (const lines of hopeful) {
        failed.delete(lines);
        try {
          await apt.update(lines, byHash);
        } catch (error) {
          if (!(error instanceof ToolError)) throw error;
          failed.set(lines, error);
        }
      }
    }
    return failed;
  };
  const problems: string[] = [];
  for (const { archive, security } of mirrors) {
    const main = both(archive, suite);
    const problem = (await ask([main])).get(main);
    if (problem !== undefined) {
      problems.push(`${archive}: ${findComplaint(problem.message)}`);
      if (Date.now() - began > LIMIT_MS) break;
      continue;
    }
    const extras = [both(archive, `${suite}-updates`), both(security, `${suite}-security`)];
    const failed = await ask(extras);
    for (const [index, extra] of extras.entries()) {
      if (!failed.has(extra)) continue;
      note(`the mirror does not have ${suite}-${index === 0 ? "updates" : "security"} whole: left out`);
    }
    const lines = [main, ...extras.filter((extra) => !failed.has(extra))].flat();
    await apt.use(lines);
    return { lines, archive };
  }
  throw new Error(
    [
      `The lists of Debian ${suite} cannot be had, and without them nothing can be built. Tried:`,
      ...problems.map((line) => `  ${line}`),
      "Ways on: try again in an hour, if the mirror is between two states; name another one:",
      "  DEBIAN_MIRROR=http://…/debian npm start",
    ].join("\n"),
  );
}

/** The first of apt's complaints at the end of a tool's message, with the reason that stands below it. */
function findComplaint(message: string): string {
  const lines = message.split("\n").map((line) => line.trim());
  const failed = lines.find((line) => /^[EW]: Failed to fetch /.test(line));
  if (failed !== undefined) return failed.slice(3);
  const at = lines.findIndex((line) => /^Err:/.test(line));
  if (at >= 0) return `${lines[at]?.replace(/^Err:\d+ /, "") ?? ""}: ${lines[at + 1] ?? ""}`;
  return lines.find((line) => line.startsWith("E: ")) ?? lines[0] ?? "";
}
