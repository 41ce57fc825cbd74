/** What the build takes from Debian, and what it got: declared by each consumer, fetched before anything is built. */
import { z } from "zod";

/** What one consumer (the kernel, the disk, an image) takes. All of it is fetched before the first stage is built. */
export interface Wants {
  /** Binary packages by themselves. */
  readonly packages?: readonly string[];
  /** Binary packages with all that they depend on, without recommendations. `?essential` stands for the essential ones. */
  readonly tree?: readonly string[];
  /** Source packages. */
  readonly sources?: readonly string[];
}

export interface Consumer {
  /** The stage's or the recipe's name. */
  readonly name: string;
  /** What it takes, in the order of preference: the first that can be had whole is taken. */
  readonly ways: readonly Wants[];
  /** Without it there is no guest; others are left out when none of their ways can be had. */
  readonly needed: boolean;
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a sha256 in lower-case hex");

const remoteFileSchema = z.object({
  /** The file's name in the archive. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9+.~:%_-]*$/, "a file's name"),
  uri: z.string(),
  bytes: z.number().int().nonnegative(),
  sha256,
});

const packageFileSchema = remoteFileSchema.extend({ package: z.string(), version: z.string() });

const sourceSchema = z.object({
  source: z.string(),
  version: z.string(),
  /** `upstream`: the upstream tarball alone, without Debian's patches and Debian's folder. */
  form: z.enum(["debian", "upstream"]),
  files: z.array(remoteFileSchema),
});

const supplySchema = z.object({
  /** Index into the consumer's ways. */
  way: z.number().int().nonnegative(),
  packages: z.array(packageFileSchema),
  tree: z.array(packageFileSchema),
  sources: z.array(sourceSchema),
  /** What differs from the newest that Debian names, one sentence each: it goes into labels and provenance. */
  losses: z.array(z.string()),
});

export const inputsSchema = z.object({
  supplies: z.record(z.string(), supplySchema),
  /** Consumers that none of their ways could be had for, and why. */
  leftOut: z.record(z.string(), z.string()),
});

/** One file of an archive, known by its digest. */
export type RemoteFile = z.infer<typeof remoteFileSchema>;
export type PackageFile = z.infer<typeof packageFileSchema>;
export type Source = z.infer<typeof sourceSchema>;
export type Supply = z.infer<typeof supplySchema>;
export type Inputs = z.infer<typeof inputsSchema>;

/** Every file of a supply, each digest once. */
export function filesOf(supplies: Iterable<Omit<Supply, "way" | "losses">>): RemoteFile[] {
  const files = new Map<string, RemoteFile>();
  for (const { packages, tree, sources } of supplies) {
    for (const file of [...packages, ...tree, ...sources.flatMap((source) => source.files)]) {
      files.set(file.sha256, file);
    }
  }
  return [...files.values()];
}
