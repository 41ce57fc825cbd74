/** The Dockerfiles and compose files of a repository: what its newest commit has, with or without a work tree. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

const DOCKERFILE = /(^|\/)(Dockerfile|dockerfile|Containerfile)([._-][^/]*)?$|\.[dD]ockerfile$/;
const NO_DOCKERFILE = /\.(md|adoc|html|png|dockerignore)$/;
const COMPOSE = /(^|\/)(docker-)?(compose|stack)[^/]*\.ya?ml$/;

export interface RepositoryFiles {
  readonly dockerfiles: readonly string[];
  readonly composeFiles: readonly string[];
}

/** @throws Error with git's words when the folder is no repository, or has no commit */
export async function readRepository(folder: string): Promise<RepositoryFiles> {
  const listed = await git(folder, ["ls-tree", "-r", "--name-only", "-z", "HEAD"]);
  const paths = listed.split("\0").filter((path) => path !== "" && !path.includes("node_modules"));
  const read = (path: string): Promise<string> => git(folder, ["show", `HEAD:${path}`]);
  const readAll = async (chosen: readonly string[]): Promise<string[]> => {
    const texts = [];
    for (const path of chosen) texts.push(await read(path));
    return texts;
  };
  return {
    dockerfiles: await readAll(paths.filter((path) => DOCKERFILE.test(path) && !NO_DOCKERFILE.test(path))),
    composeFiles: await readAll(paths.filter((path) => COMPOSE.test(path))),
  };
}

async function git(folder: string, args: readonly string[]): Promise<string> {
  const child = spawn("git", ["-C", folder, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const [output, complaint, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status !== 0) throw new Error(`${folder}: ${complaint.trim()}`);
  return output;
}
