/**
 * `npx tsx scripts/commands/field.ts DIR...`: how many of the Dockerfiles and compose files in these repositories
 * (folders with a git repository; a bare one will do) the hub's own catalogue can serve, and what they ask for that it
 * cannot.
 *
 *     --catalogue DIR    another catalogue: a guest's folder or an OCI layout; without it, the app's is built if stale
 *
 * Exit status: 2 for wrong flags, 1 for a folder that is not a repository.
 */
import { parseArgs } from "node:util";
import { runCommand } from "../cli";
import { type Coverage, measureCoverage } from "../field/coverage";
import { readComposeFile, readDockerfile } from "../field/needs";
import { readRepository } from "../field/repository";
import { openCatalogue } from "../registry/open-catalogue";

const SHOWN = 25;

function describe(what: string, { files, named, tagged, offline, lacking }: Coverage): string[] {
  const line = (count: number, text: string): string =>
    `  ${String(count).padStart(5)}  ${`${Math.round((100 * count) / Math.max(files, 1))}%`.padStart(4)}  ${text}`;
  return [
    `${files} ${what} for Linux`,
    line(named, "name only images of the hub"),
    line(tagged, "with tags that it answers to"),
    line(offline, "and fetch nothing in a RUN"),
    "  files  not in the hub",
    ...lacking.slice(0, SHOWN).map(([image, count]) => `  ${String(count).padStart(5)}  ${image}`),
  ];
}

await runCommand({
  usage: "usage: npx tsx scripts/commands/field.ts [--catalogue DIR] DIR...",
  readFlags: (args) => {
    const options = { catalogue: { type: "string" } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    if (positionals.length === 0) throw new Error("which repositories?");
    return { catalogue: values.catalogue, folders: positionals };
  },
  run: async ({ catalogue, folders }) => {
    const hub = await openCatalogue(catalogue);
    const repositories = [];
    for (const folder of folders) repositories.push(await readRepository(folder));
    const dockerfiles = repositories.flatMap((each) => each.dockerfiles).map(readDockerfile);
    const composeFiles = repositories.flatMap((each) => each.composeFiles).map(readComposeFile);
    const found = dockerfiles.filter((needs) => needs !== undefined);
    console.log(describe("Dockerfiles", measureCoverage(found, hub)).join("\n"));
    console.log(describe("compose files", measureCoverage(composeFiles, hub)).join("\n"));
    return 0;
  },
});
