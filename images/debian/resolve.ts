/**
 * Finds, for everything that is to be built, files of Debian's archive that can really be had, and fetches them. Mirrors
 * and caching proxies are between two states after every point release: lists name what is not there yet, or not any more.
 */
import type { FileStore, Missing } from "./file-store";
import { type Lists, UnsatisfiableError } from "./lists";
import { findSource, type SourceTools } from "./source-ways";
import { type Consumer, filesOf, type Inputs, type PackageFile, type Supply, type Wants } from "./wants";

/** How often packages that cannot be had are avoided before a way is given up. */
const MOST_ROUNDS = 12;

export interface ResolveOptions {
  readonly lists: Lists;
  readonly store: FileStore;
  readonly tools: SourceTools;
  readonly say: (text: string) => void;
  readonly update: (text: string) => void;
  readonly note: (text: string) => void;
  /** Called with the share of the bytes that are here, 0 to 1. */
  readonly progress: (share: number) => void;
  /** Called as soon as the first consumer's files are here, with its supply alone: it may begin before the others can. */
  readonly onFirst?: (inputs: Inputs) => void;
}

/** One consumer's way that cannot be had; the message has a line for each file. */
class LostError extends Error {
  override readonly name = "LostError";
}

/**
 * @returns what each consumer builds from; all its files are in the store
 * @throws Error that names what the guest needs and cannot be had, the places tried, and the ways on
 */
export async function resolveInputs(
  consumers: readonly Consumer[],
  options: ResolveOptions,
): Promise<Inputs> {
  return new Resolver(options).resolve(consumers);
}

class Resolver {
  readonly #options: ResolveOptions;
  /** Versions that the lists name and no place has: package to what was avoided. */
  readonly #avoided = new Map<string, string>();
  #refreshed = false;

  constructor(options: ResolveOptions) {
    this.#options = options;
  }

  async resolve(consumers: readonly Consumer[]): Promise<Inputs> {
    const { note, onFirst } = this.#options;
    const inputs: Inputs = { supplies: {}, leftOut: {} };
    const lost: string[] = [];
    for (const [index, consumer] of consumers.entries()) {
      if (index === 0) await this.#fetchAhead([consumer]);
      if (index === 1) {
        if (lost.length === 0) onFirst?.(structuredClone(inputs));
        await this.#fetchAhead(consumers.slice(1));
      }
      try {
        const supply = await this.#supply(consumer);
        inputs.supplies[consumer.name] = supply;
        for (const loss of supply.losses) note(`${consumer.name}: ${loss}`);
      } catch (error) {
        if (!(error instanceof LostError)) throw error;
        if (consumer.needed) lost.push(`${consumer.name}:\n${error.message}`);
        else {
          inputs.leftOut[consumer.name] = error.message;
          note(`${consumer.name}: left out, because this cannot be had:\n${error.message}`);
        }
      }
    }
    if (lost.length > 0) throw new Error(describeLost(lost));
    return inputs;
  }

  /** Everything that the first ways take, in one go: the mirror is asked once, and the progress is of all their bytes. */
  async #fetchAhead(consumers: readonly Consumer[]): Promise<void> {
    const { lists, store, say, update, progress } = this.#options;
    say("finding out what is needed");
    const first: Omit<Supply, "way" | "losses">[] = [];
    for (const { ways } of consumers) {
      const [wants] = ways;
      if (wants === undefined) continue;
      try {
        const sources = [];
        for (const name of wants.sources ?? []) sources.push(...(await lists.sources(name)).slice(0, 1));
        first.push({ ...(await this.#solve(wants)), sources });
      } catch (error) {
        // Its own turn comes below, with the ways on.
        if (!(error instanceof UnsatisfiableError)) throw error;
      }
    }
    say("downloading");
    await store.fetch(filesOf(first), {
      elsewhere: (uri) => elsewhere(uri, lists.archives),
      onBytes: (done, total) => {
        progress(total === 0 ? 1 : done / total);
        update(`downloading, ${megabytes(done)} of ${megabytes(total)} MB`);
      },
    });
    say("checking that everything is there");
  }

  async #solve(wants: Wants): Promise<{ packages: PackageFile[]; tree: PackageFile[] }> {
    const { lists } = this.#options;
    return { packages: await lists.packages(wants.packages ?? []), tree: await lists.tree(wants.tree ?? []) };
  }

  async #supply({ ways }: Consumer): Promise<Supply> {
    const reasons: string[] = [];
    for (const [way, wants] of ways.entries()) {
      try {
        const binaries = await this.#binaries(wants);
        const { sources, losses } = await this.#sources(wants.sources ?? []);
        const instead =
          way === 0 ? [] : [`not from source: ${ways[0]?.sources?.join(", ") ?? ""} cannot be had`];
        return { way, ...binaries, sources, losses: [...instead, ...losses, ...this.#avoidedIn(binaries)] };
      } catch (error) {
        if (!(error instanceof LostError)) throw error;
        reasons.push(error.message);
      }
    }
    throw new LostError(reasons.join("\n"));
  }

  /** Binary packages: the lists are read anew once, then the next candidates are taken. */
  async #binaries(wants: Wants): Promise<{ packages: PackageFile[]; tree: PackageFile[] }> {
    const { lists, store } = this.#options;
    const reasons: string[] = [];
    for (let round = 0; round < MOST_ROUNDS; round++) {
      let solved;
      try {
        solved = await this.#solve(wants);
      } catch (error) {
        if (!(error instanceof UnsatisfiableError)) throw error;
        reasons.push(`  ${error.message}`);
        break;
      }
      const files = [...solved.packages, ...solved.tree];
      const missing = await store.fetch(files, { elsewhere: (uri) => elsewhere(uri, lists.archives) });
      if (missing.size === 0) return solved;
      const lost = files.filter(({ sha256 }) => missing.has(sha256));
      if (!this.#refreshed) {
        this.#refreshed = true;
        this.#options.note("the mirror lacks what its lists name: reading the lists once more");
        await lists.refresh();
        continue;
      }
      for (const file of lost) await this.#avoid(file, missing, reasons);
    }
    throw new LostError([...new Set(reasons)].join("\n"));
  }

  async #avoid(file: PackageFile, missing: Missing, reasons: string[]): Promise<void> {
    const { lists } = this.#options;
    const places = [file.uri, ...elsewhere(file.uri, lists.archives)].join(", ");
    reasons.push(`  ${file.package} ${file.version}: ${missing.get(file.sha256) ?? ""} (${places})`);
    this.#avoided.set(file.package, file.version);
    await lists.avoid(file);
  }

  #avoidedIn({ packages, tree }: { packages: PackageFile[]; tree: PackageFile[] }): string[] {
    return [...packages, ...tree].flatMap(({ package: name, version }) => {
      const lost = this.#avoided.get(name);
      return lost === undefined ? [] : [`${name} ${lost} is not on the mirror: version ${version} is used`];
    });
  }

  async #sources(names: readonly string[]): Promise<Pick<Supply, "sources" | "losses">> {
    const found: Pick<Supply, "sources" | "losses"> = { sources: [], losses: [] };
    for (const name of names) {
      const reasons: string[] = [];
      const one = await findSource(name, this.#options.tools, (text) => reasons.push(`  ${text}`));
      if (one === undefined) throw new LostError(reasons.join("\n"));
      found.sources.push(one.source);
      if (one.loss !== undefined) found.losses.push(one.loss);
    }
    return found;
  }
}

/** The same path in the machine's other archives. @param archives the first is the one that answers are from */
function elsewhere(uri: string, [first = "", ...others]: readonly string[]): string[] {
  return first !== "" && uri.startsWith(`${first}/`)
    ? others.map((other) => other + uri.slice(first.length))
    : [];
}

function describeLost(lost: readonly string[]): string {
  return [
    "The guest cannot be built: the mirror does not have what its own lists name.",
    ...lost,
    "Ways on: try again in an hour, if the mirror is between two states; name another one:",
    "  DEBIAN_MIRROR=http://…/debian npm start",
  ].join("\n");
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
