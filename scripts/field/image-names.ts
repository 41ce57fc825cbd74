/** Images as Dockerfiles and compose files name them. */

export interface ImageName {
  /** Without Docker Hub's address and its `library/`. */
  readonly name: string;
  readonly tag: string;
}

const NAME = /^[a-z0-9][a-z0-9._/-]*$/;

/** @returns undefined for what is known only when it is used: a variable, a placeholder, a name that is none */
export function parseImageName(text: string): ImageName | undefined {
  const bare = text.replace(/^["']|["']$/g, "").replace(/@.*$/, "");
  if (/[$<{]/.test(bare)) return undefined;
  const path = bare.replace(/^(docker\.io\/)?(library\/)?/, "");
  const colon = path.indexOf(":", path.lastIndexOf("/") + 1);
  const name = colon < 0 ? path : path.slice(0, colon);
  const tag = colon < 0 ? "" : path.slice(colon + 1);
  return NAME.test(name) ? { name, tag: tag === "" ? "latest" : tag } : undefined;
}
