/** What a Dockerfile or a compose file needs from outside, as far as its text says. */
import { type ImageName, parseImageName } from "./image-names";

export interface Needs {
  /** Images of other people, each as it is named. `scratch` is none. */
  readonly images: readonly ImageName[];
  /** Whether there are images whose names only the build knows. */
  readonly hasUnknown: boolean;
  /** What its RUN lines fetch with. */
  readonly downloads: readonly string[];
  readonly isForWindows: boolean;
}

/** A client that fetches, and how a RUN line looks that uses it. */
const CLIENTS: readonly (readonly [name: string, use: RegExp])[] = [
  ["apt", /\bapt(-get)?\s+(-\S+\s+)*(install|update)/],
  ["apk", /\bapk\s+(--\S+\s+)*(add|update)/],
  [
    "pip",
    /\bpip3?\s+install|\bpython3?\s+-m\s+pip\s+install|\bpoetry install|\buv (pip|sync)|pipenv install/,
  ],
  ["npm, yarn", /\b(npm|yarn|pnpm)\s+(install|ci|i|add|run)\b|\byarn\b(?!\.lock)/],
  ["yum, dnf", /\b(yum|dnf|microdnf)\s+(-\S+\s+)*(install|update)/],
  ["go", /\bgo\s+(build|get|install|mod)\b/],
  ["maven, gradle", /\b(mvn|mvnw|gradle|gradlew)\b/],
  ["dotnet", /\bdotnet\s+(restore|build|publish)/],
  ["composer", /\bcomposer\s+(install|update|create)|docker-php-ext-install|\bpecl install/],
  ["gem, bundle", /\b(gem|bundle)\s+install/],
  ["cargo", /\bcargo\s+(build|install)/],
  ["curl, wget", /\b(curl|wget)\s/],
  ["git clone", /\bgit\s+clone/],
];

const FROM = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i;
const SYNTAX = /^#\s*syntax\s*=\s*(\S+)/i;

/** @returns undefined when there is no FROM in it: it is no Dockerfile */
export function readDockerfile(text: string): Needs | undefined {
  const stages = new Set(["scratch"]);
  const bases: string[] = [];
  const downloads = new Set<string>();
  for (const line of text.replace(/\\[ \t]*\r?\n/g, " ").split(/\r?\n/)) {
    const [, base, stage] = FROM.exec(line) ?? [];
    if (base !== undefined && !stages.has(base.toLowerCase())) bases.push(base);
    if (stage !== undefined) stages.add(stage.toLowerCase());
    if (!/^\s*RUN\s/i.test(line)) continue;
    for (const [name, use] of CLIENTS) if (use.test(line)) downloads.add(name);
  }
  if (bases.length === 0 && stages.size === 1 && !/^\s*FROM\s+scratch/im.test(text)) return undefined;
  const syntax = SYNTAX.exec(text)?.[1];
  return {
    ...namesOf(syntax === undefined ? bases : [...bases, syntax]),
    downloads: [...downloads],
    isForWindows: /powershell/i.test(text) || bases.some((base) => /windows|nanoserver|microsoft/.test(base)),
  };
}

export function readComposeFile(text: string): Needs {
  const images = [...text.matchAll(/^\s+image:\s*["']?([^\s"'#]+)/gm)].map(([, image = ""]) => image);
  return {
    ...namesOf(images),
    downloads: [],
    isForWindows: /windows|nanoserver|mssql|microsoft/.test(text),
  };
}

function namesOf(texts: readonly string[]): Pick<Needs, "images" | "hasUnknown"> {
  const names = texts.map(parseImageName);
  const images = names.filter((name) => name !== undefined);
  return { images, hasUnknown: images.length < names.length };
}
