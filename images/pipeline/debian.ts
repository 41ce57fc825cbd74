/**
 * Debian packages for the guest, by a private apt: its own lists, its own sources, its own architecture, verified with
 * Debian's keys. The machine's own apt is asked for nothing but its mirror and proxy, and is not changed.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  findDebianMirrors,
  parseDeb822Sources,
  parseOneLineSources,
  type AptSource,
  type DebianMirror,
} from "./apt-sources";
import { ToolError, type ToolOptions } from "./run-tool";

export const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

type Run = (command: string, args: string[], options?: ToolOptions) => Promise<string>;

export interface DebianPackage {
  name: string;
  version: string;
  /** Path of the .deb. */
  file: string;
}

export interface Debian {
  readonly suite: string;
  readonly architecture: string;
  /** Lines for a sources list, in one-line format. */
  readonly sourceLines: string[];
  /** Settings for another apt that is to use the same network: `Acquire::http::Proxy "...";` */
  readonly aptOptions: string[];
  /** Downloads packages, without their dependencies, into `folder`. */
  download(names: string[], folder: string): Promise<DebianPackage[]>;
  /** Downloads source packages (`.dsc` and what it lists) into `folder`. @returns name to version */
  downloadSources(names: string[], folder: string): Promise<Record<string, string>>;
  /** The names and everything that they depend on, without recommendations, sorted. */
  withDependencies(names: string[]): Promise<string[]>;
}

/** The sources of this machine's apt, from its two kinds of files. */
async function readMachineSources(): Promise<AptSource[]> {
  const sources: AptSource[] = [];
  const read = async (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");
  sources.push(...parseOneLineSources(await read("/etc/apt/sources.list")));
  const folder = "/etc/apt/sources.list.d";
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    if (name.endsWith(".list")) sources.push(...parseOneLineSources(await read(join(folder, name))));
    if (name.endsWith(".sources")) sources.push(...parseDeb822Sources(await read(join(folder, name))));
  }
  return sources;
}

/** The code name in /etc/os-release, or an empty string. */
export function parseCodename(osRelease: string): string {
  return /^VERSION_CODENAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1] ?? "";
}

/** The proxy settings of the machine's apt, as `apt-config dump` prints them. */
export function selectNetworkOptions(aptConfigDump: string): string[] {
  return aptConfigDump
    .split("\n")
    .filter((line) => /^Acquire::(https?|ftp)::.*Proxy.* "[^"]+";$/i.test(line));
}

/** The names in the output of `apt-get install --simulate`. */
export function parseSimulatedInstall(output: string): string[] {
  const names = [...output.matchAll(/^Inst (\S+) /gm)].map((match) =>
    (match[1] ?? "").replace(/:[a-z0-9]+$/, ""),
  );
  return [...new Set(names)].sort();
}

/**
 * Opens a private apt in `folder`. Suites beside the main one (updates, security) are left out, with a note, when the
 * mirror has them not or not whole: caching mirrors are sometimes between two states.
 *
 * @throws Error when no mirror is known, or none has the suite signed with Debian's keys
 */
export async function openDebian(options: {
  suite: string;
  architecture: string;
  folder: string;
  run: Run;
  note: (text: string) => void;
}): Promise<Debian> {
  const { suite, architecture, folder, run, note } = options;
  const osRelease = await readFile("/etc/os-release", "utf8").catch(() => "");
  const mirrors = findDebianMirrors(
    await readMachineSources(),
    parseCodename(osRelease),
    process.env["DEBIAN_MIRROR"],
  );
  if (mirrors.length === 0) {
    throw new Error(
      "apt's sources on this machine name no Debian mirror: set DEBIAN_MIRROR, for instance to http://…/debian",
    );
  }

  const aptOptions = selectNetworkOptions(await run("apt-config", ["dump"]));
  const env = await writeAptFolder(folder, architecture, aptOptions);
  const line = (uri: string, name: string): string => `deb [signed-by=${KEYRING}] ${uri} ${name} main`;
  const update = async (lines: string[]): Promise<void> => {
    await writeFile(join(folder, "sources.list"), `${lines.join("\n")}\n`);
    await run("apt-get", ["update", "-q", "--error-on=any"], { env });
  };

  const sourceLines = await findUsableSources(mirrors, suite, line, update, note);
  let sourceEnv: Promise<Record<string, string>> | undefined;
  return {
    suite,
    architecture,
    sourceLines,
    aptOptions,
    async download(names, into) {
      await mkdir(into, { recursive: true });
      await run("apt-get", ["download", "-q", ...names], { env, cwd: into });
      const packages: DebianPackage[] = [];
      for (const entry of (await readdir(into)).filter((name) => name.endsWith(".deb")).sort()) {
        const file = join(into, entry);
        const fields = await run("dpkg-deb", ["--show", "--showformat=${Package} ${Version}", file]);
        const [name = "", version = ""] = fields.trim().split(" ");
        if (names.includes(name)) packages.push({ name, version, file });
      }
      return packages;
    },
    async downloadSources(names, into) {
      await mkdir(into, { recursive: true });
      // The lists of source packages are large and rarely wanted: they have an apt of their own.
      sourceEnv ??= openSourceApt(join(folder, "source"), { architecture, aptOptions, sourceLines, run });
      const args = ["source", "-q", "--download-only", "--only-source", ...names];
      await run("apt-get", args, { env: await sourceEnv, cwd: into });
      const versions: Record<string, string> = {};
      for (const entry of (await readdir(into)).filter((name) => name.endsWith(".dsc"))) {
        const { name, version } = parseSourceControl(await readFile(join(into, entry), "utf8"));
        if (names.includes(name)) versions[name] = version;
      }
      return versions;
    },
    async withDependencies(names) {
      return parseSimulatedInstall(await run("apt-get", ["install", "--simulate", "-q", ...names], { env }));
    },
  };
}

/** The fields of a `.dsc` that tell which source it is. */
export function parseSourceControl(text: string): { name: string; version: string } {
  const field = (name: string): string => new RegExp(`^${name}: *(\\S+)`, "m").exec(text)?.[1] ?? "";
  return { name: field("Source"), version: field("Version") };
}

async function openSourceApt(
  folder: string,
  options: { architecture: string; aptOptions: string[]; sourceLines: string[]; run: Run },
): Promise<Record<string, string>> {
  const env = await writeAptFolder(folder, options.architecture, options.aptOptions);
  const lines = options.sourceLines.map((line) => line.replace(/^deb /, "deb-src "));
  await writeFile(join(folder, "sources.list"), `${lines.join("\n")}\n`);
  await options.run("apt-get", ["update", "-q", "--error-on=any"], { env });
  return env;
}

/** Everything that an apt of our own needs but its sources. @returns the environment that makes apt-get use it */
async function writeAptFolder(
  folder: string,
  architecture: string,
  aptOptions: string[],
): Promise<Record<string, string>> {
  const configuration = join(folder, "apt.conf");
  for (const part of ["etc/parts", "state/lists/partial", "cache/archives/partial"]) {
    await mkdir(join(folder, part), { recursive: true });
  }
  await writeFile(join(folder, "status"), "");
  await writeFile(join(folder, "sources.list"), "");
  await writeFile(
    configuration,
    [
      `Dir::Etc "${folder}/etc";`,
      `Dir::Etc::Parts "${folder}/etc/parts";`,
      `Dir::Etc::SourceList "${folder}/sources.list";`,
      `Dir::Etc::SourceParts "/dev/null";`,
      `Dir::Etc::Preferences "/dev/null";`,
      `Dir::Etc::PreferencesParts "/dev/null";`,
      `Dir::State "${folder}/state";`,
      `Dir::State::status "${folder}/status";`,
      `Dir::Cache "${folder}/cache";`,
      `APT::Architecture "${architecture}";`,
      `APT::Architectures { "${architecture}"; };`,
      `APT::Install-Recommends "false";`,
      `APT::Sandbox::User "root";`,
      `Acquire::Languages "none";`,
      `Acquire::Retries "3";`,
      ...aptOptions,
      "",
    ].join("\n"),
  );
  return { APT_CONFIG: configuration };
}

/** The main suite must work; the others are tried together, then one by one. */
async function findUsableSources(
  mirrors: DebianMirror[],
  suite: string,
  line: (uri: string, name: string) => string,
  update: (lines: string[]) => Promise<void>,
  note: (text: string) => void,
): Promise<string[]> {
  const works = async (lines: string[]): Promise<ToolError | undefined> => {
    try {
      await update(lines);
      return undefined;
    } catch (error) {
      if (error instanceof ToolError) return error;
      throw error;
    }
  };
  let problem: ToolError | undefined;
  for (const { archive, security } of mirrors) {
    const main = line(archive, suite);
    const extras = [line(archive, `${suite}-updates`), line(security, `${suite}-security`)];
    if ((await works([main, ...extras])) === undefined) return [main, ...extras];
    problem = await works([main]);
    if (problem !== undefined) continue;
    const usable = [main];
    for (const [index, extra] of extras.entries()) {
      if ((await works([...usable, extra])) === undefined) usable.push(extra);
      else note(`the mirror does not have ${suite}-${index === 0 ? "updates" : "security"} whole: left out`);
    }
    await update(usable);
    return usable;
  }
  throw new Error(`no mirror of this machine's apt has Debian ${suite}: ${problem?.message ?? ""}`, {
    cause: problem,
  });
}
