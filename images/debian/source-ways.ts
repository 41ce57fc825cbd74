/**
 * The ways to a source package, best first: each version that the lists name; older ones that the mirror's pool still
 * has, where a Debian developer's signature on the `.dsc` can be verified; the upstream tarball alone, whose name does not
 * change with Debian's revisions and whose digest is in the lists.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { ToolError } from "../pipeline/run-tool";
import type { FileStore, Missing } from "./file-store";
import { type Lists, parseSources } from "./lists";
import type { Run } from "./private-apt";
import { filesOf, type Source } from "./wants";

const KEYRING_PACKAGE = "debian-keyring";
const KEYRINGS = ["debian-keyring.pgp", "debian-maintainers.pgp"];
/** Older revisions that are asked for where the mirror shows no listing of its pool. */
const MOST_GUESSES = 12;

export interface SourceTools {
  readonly lists: Lists;
  readonly store: FileStore;
  readonly run: Run;
  /** An empty folder. */
  readonly work: string;
}

export interface FoundSource {
  readonly source: Source;
  /** What is not as the lists' newest version has it, as a sentence. */
  readonly loss?: string;
}

/**
 * Finds the best form of a source that can be had whole, and fetches it.
 * @returns undefined when there is none; `why` then names the files that were tried
 */
export async function findSource(
  name: string,
  tools: SourceTools,
  why: (text: string) => void,
): Promise<FoundSource | undefined> {
  const { lists, store } = tools;
  const versions = await lists.sources(name);
  const [newest] = versions;
  if (newest === undefined) {
    why(`the lists name no source ${name}`);
    return undefined;
  }
  const isWhole = async (source: Source): Promise<boolean> => {
    const missing = await store.fetch(source.files);
    for (const line of describeMissing(source, missing)) why(line);
    return missing.size === 0;
  };
  for (const source of versions) {
    if (await isWhole(source)) {
      return source === newest ? { source } : { source, loss: lossOf(newest, `version ${source.version}`) };
    }
  }
  for await (const source of findInPool(newest, tools, why)) {
    if (await isWhole(source)) return { source, loss: lossOf(newest, `version ${source.version}`) };
  }
  for (const source of versions.map(upstreamOf)) {
    if (source.files.length > 0 && (await isWhole(source))) {
      return {
        source,
        loss: lossOf(newest, `the upstream source ${source.version} without Debian's patches`),
      };
    }
  }
  return undefined;
}

function lossOf({ source, version }: Source, instead: string): string {
  return `source ${source} ${version} is not on the mirror: ${instead} is used`;
}

function describeMissing({ files }: Source, missing: Missing): string[] {
  return files.flatMap(({ sha256, uri }) => {
    const reason = missing.get(sha256);
    return reason === undefined ? [] : [`${uri}: ${reason}`];
  });
}

/** 1.26.3 of 1.26.3-3+deb13u7, 8.0.2 of 5:8.0.2-3. */
export function upstreamVersion(version: string): string {
  return version.replace(/^\d+:/, "").replace(/-[^-]*$/, "");
}

/** The source as its authors publish it: Debian's archive has that as `.orig` tarballs. */
function upstreamOf({ source, version, files }: Source): Source {
  return {
    source,
    version: upstreamVersion(version),
    form: "upstream",
    files: files.filter(({ name }) => /\.orig(-[A-Za-z0-9-]+)?\.tar\.\w+$/.test(name)),
  };
}

/** Names that earlier revisions of a `.dsc` had: `nginx_1.26.3-3+deb13u10` comes after `…u9`, `…u1` and `nginx_1.26.3-3`. */
function earlierRevisions(dsc: string): string[] {
  const match = /^(.*_.*-\d+)(?:(\+deb\d+u)(\d+))?\.dsc$/.exec(dsc);
  if (match === null) return [];
  const [, base = "", update = "", number = "0"] = match;
  const names: string[] = [];
  for (let n = Number(number) - 1; n >= 1; n--) names.push(`${base}${update}${n}.dsc`);
  if (update !== "") names.push(`${base}.dsc`);
  return names.slice(0, MOST_GUESSES);
}

/** Names of `.dsc` files of the same upstream version in a mirror's listing of a folder (HTML). */
function parseListing(html: string, dsc: string): string[] {
  const base = dsc.replace(/-[^-]*\.dsc$/, "-");
  const names = [...html.matchAll(/href="([^"/?]+\.dsc)"/g)].map((match) =>
    decodeURIComponent(match[1] ?? ""),
  );
  return [...new Set(names)].filter((name) => name.startsWith(base) && name !== dsc);
}

/** Versions that no list names any more. Their digests are in their `.dsc`, which a developer has signed. */
async function* findInPool(
  newest: Source,
  { store, lists, run, work }: SourceTools,
  why: (text: string) => void,
): AsyncGenerator<Source> {
  const dsc = newest.files.find(({ name }) => name.endsWith(".dsc"));
  if (dsc === undefined) return;
  // Not by the name's length: in the address its plus is %2b.
  const folder = dsc.uri.slice(0, dsc.uri.lastIndexOf("/") + 1);
  const scratch = join(work, `pool-${newest.source}`);
  await mkdir(scratch, { recursive: true });
  try {
    const listing = await store.fetchUnknown(folder, join(scratch, "listing"));
    const listed = listing === undefined ? [] : parseListing(await readFile(listing, "utf8"), dsc.name);
    const names = listed.length > 0 ? listed : earlierRevisions(dsc.name);
    let keyrings: string[] | undefined;
    for (const name of names) {
      const file = await store.fetchUnknown(`${folder}${name}`, join(scratch, name));
      if (file === undefined) continue;
      keyrings ??= await openKeyrings(lists, store, run, scratch);
      const signed = keyrings.length > 0 && (await isSigned(file, keyrings, run));
      if (!signed) why(`${folder}${name}: its signature cannot be verified`);
      else yield* readDsc(name, await readFile(file), folder);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What a `.dsc` names, and itself. */
function readDsc(name: string, bytes: Uint8Array, folder: string): Source[] {
  const text = Buffer.from(bytes).toString();
  const stanza = text.replace(/^Source:/m, "Package:").replace(/\n\n(?=Format:)/, "\n");
  const sources = parseSources(`${stanza.replace(/\n\n/g, "\n")}\nDirectory: .`, folder);
  const at = (file: string): string => `${folder}${encodeURIComponent(file)}`;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const own = { name, uri: at(name), bytes: bytes.byteLength, sha256 };
  return sources.map((source) => ({
    ...source,
    // Some mirrors answer 400 to a path with "/./" in it.
    files: [own, ...source.files.map((file) => ({ ...file, uri: at(file.name) }))],
  }));
}

async function openKeyrings(lists: Lists, store: FileStore, run: Run, scratch: string): Promise<string[]> {
  const [file] = await lists.packages([KEYRING_PACKAGE]);
  if (
    file === undefined ||
    (await store.fetch(filesOf([{ packages: [file], tree: [], sources: [] }]))).size > 0
  ) {
    return [];
  }
  const tree = join(scratch, "keyring");
  await run("dpkg-deb", ["--extract", store.path(file), tree]);
  return KEYRINGS.map((name) => join(tree, "usr/share/keyrings", name));
}

async function isSigned(file: string, keyrings: readonly string[], run: Run): Promise<boolean> {
  try {
    await run("gpgv", [...keyrings.flatMap((keyring) => ["--keyring", keyring]), file]);
    return true;
  } catch (error) {
    if (error instanceof ToolError) return false;
    throw error;
  }
}
