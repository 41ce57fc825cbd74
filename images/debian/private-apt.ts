/**
 * A private apt: its own lists, its own sources, its own architecture, verified with Debian's keys. The machine's own apt
 * is asked for nothing but its mirror and proxy, and is not changed.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ToolOptions } from "../pipeline/run-tool";
import { type AptSource, parseDeb822Sources, parseOneLineSources } from "./apt-sources";

export type Run = (command: string, args: string[], options?: ToolOptions) => Promise<string>;

const TIMEOUT_S = 15;

/** The sources of this machine's apt, from its two kinds of files. */
export async function readMachineSources(): Promise<AptSource[]> {
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

/** Runs apt's programs in their own folder. */
export class PrivateApt {
  readonly folder: string;
  readonly #run: Run;

  private constructor(folder: string, run: Run) {
    this.folder = folder;
    this.#run = run;
  }

  /**
   * Makes everything that an apt of our own needs but its sources.
   * @param timeoutS seconds without a byte after which a mirror counts as silent
   */
  static async open(
    folder: string,
    architecture: string,
    run: Run,
    timeoutS = TIMEOUT_S,
  ): Promise<PrivateApt> {
    const networkOptions = selectNetworkOptions(await run("apt-config", ["dump"]));
    for (const part of ["etc/parts", "state/lists/partial", "cache/archives/partial"]) {
      await mkdir(join(folder, part), { recursive: true });
    }
    for (const empty of ["status", "sources.list", "preferences"]) await writeFile(join(folder, empty), "");
    await writeFile(
      join(folder, "apt.conf"),
      [
        `Dir::Etc "${folder}/etc";`,
        `Dir::Etc::Parts "${folder}/etc/parts";`,
        `Dir::Etc::SourceList "${folder}/sources.list";`,
        `Dir::Etc::SourceParts "/dev/null";`,
        `Dir::Etc::Preferences "${folder}/preferences";`,
        `Dir::Etc::PreferencesParts "/dev/null";`,
        `Dir::State "${folder}/state";`,
        `Dir::State::status "${folder}/status";`,
        `Dir::Cache "${folder}/cache";`,
        `APT::Architecture "${architecture}";`,
        `APT::Architectures { "${architecture}"; };`,
        `APT::Get::List-Cleanup "false";`,
        `APT::Install-Recommends "false";`,
        `APT::Sandbox::User "root";`,
        `Acquire::Languages "none";`,
        // Tried again by us, who know what for.
        `Acquire::Retries "0";`,
        `Acquire::http::Timeout "${timeoutS}";`,
        `Acquire::https::Timeout "${timeoutS}";`,
        `Acquire::ForceHash "SHA256";`,
        ...networkOptions,
        "",
      ].join("\n"),
    );
    return new PrivateApt(folder, run);
  }

  /**
   * Runs a program with this apt's settings.
   * @returns what it wrote to standard output
   * @throws ToolError
   */
  run(command: string, args: string[], options: ToolOptions = {}): Promise<string> {
    const env = { ...options.env, APT_CONFIG: join(this.folder, "apt.conf") };
    return this.#run(command, args, { ...options, env });
  }

  /**
   * Reads the lists of these sources anew. Those of other sources stay where they are, for `use`.
   * @param lines in one-line format (sources.list(5))
   * @param byHash whether lists are asked for under their digest, as the archive's Release offers, or by name
   * @throws ToolError when one of them cannot be had or does not fit its Release
   */
  async update(lines: readonly string[], byHash: boolean): Promise<void> {
    await this.use(lines);
    await rm(join(this.folder, "state/lists/partial"), { recursive: true, force: true });
    await mkdir(join(this.folder, "state/lists/partial"));
    const option = `Acquire::By-Hash=${byHash ? "yes" : "no"}`;
    await this.run("apt-get", ["update", "-q", "--error-on=any", "-o", option]);
  }

  /** Answers are from these sources from now on, as far as their lists are here. */
  async use(lines: readonly string[]): Promise<void> {
    await writeFile(join(this.folder, "sources.list"), `${lines.join("\n")}\n`);
  }

  /** Replaces the preferences (apt_preferences(5)). */
  async prefer(text: string): Promise<void> {
    await writeFile(join(this.folder, "preferences"), text);
  }
}
