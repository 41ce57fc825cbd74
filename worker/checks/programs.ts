/** The checks that need a program in the machine: `http`, `file`, `shell`, `answer`. */
import { z } from "zod";
import type { AnswerCheck, FileCheck, HttpCheck, ShellCheck } from "../check-spec";
import { finds } from "./compare";
import { parseAs } from "./container";
import { containerSchema, type ContainerData } from "./container-data";
import type { Miss, Round } from "./doors";

/** Seconds that an HTTP server may take to answer. */
const HTTP_SECONDS = 5;
const SHELL_SECONDS = 10;
const MAX_FILE_BYTES = 64 * 1024;
/** What a program is given in place of the learner's shell. */
const CURL_CANNOT_CONNECT = [6, 7, 28, 52, 56];

export async function checkHttp(check: HttpCheck, round: Round): Promise<Miss | undefined> {
  const { status, stdout } = await round.run(
    "curl",
    "--silent",
    "--include",
    "--http1.1",
    "--max-time",
    String(HTTP_SECONDS),
    "--url",
    check.http,
  );
  if (status !== 0 && (CURL_CANNOT_CONNECT.includes(status) || stdout === ""))
    return { field: "refused", soon: true };
  const answer = parseAnswer(stdout);
  const wanted = check.status ?? 200;
  if (answer.status !== wanted) {
    return { field: "status", expected: String(wanted), found: String(answer.status), soon: true };
  }
  for (const [name, pattern] of Object.entries(check.headers ?? {})) {
    const found = answer.headers.get(name.toLowerCase()) ?? "";
    if (!finds(pattern, found))
      return { field: "headers", expected: `${name}: ${pattern}`, found: `${name}: ${found}` };
  }
  return compareText(check, answer.body);
}

/** The last head in what `curl --include` prints (an interim answer may come before), and the body. */
export function parseAnswer(text: string): { status: number; headers: Map<string, string>; body: string } {
  const end = /\r?\n\r?\n/u.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  const body = end === null ? "" : text.slice(end.index + end[0].length);
  const [first = "", ...lines] = head.split(/\r?\n/u);
  const status = Number(/^HTTP\/[\d.]+ (\d{3})/u.exec(first)?.[1] ?? 0);
  if (status >= 100 && status < 200) return parseAnswer(body);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { status, headers, body };
}

function compareText(
  check: { readonly contains?: string | undefined; readonly matches?: string | undefined },
  text: string,
): Miss | undefined {
  const found = text.trim().slice(0, 200);
  if (check.contains !== undefined && !text.includes(check.contains)) {
    return { field: "contains", expected: check.contains, found, soon: true };
  }
  if (check.matches !== undefined && !finds(check.matches, text)) {
    return { field: "matches", expected: check.matches, found, soon: true };
  }
  return undefined;
}

/** Prints type, mode, owner and the content of the first of the paths $2... that is there; stops at a whiteout. */
const LOOK_AT_FILE = `
most=$1; shift
for path in "$@"; do
  if [ -c "$path" ] && [ "$(stat -c %t%T -- "$path")" = 00 ] && [ "$#" -gt 1 ]; then exit 1; fi
  if [ -e "$path" ] || [ -L "$path" ]; then
    stat -c '%F|%a|%u|%g|%U|%G' -- "$path" || exit 1
    [ -f "$path" ] && head -c "$most" -- "$path"
    exit 0
  fi
done
exit 1`;

const TYPES: Readonly<Record<string, string>> = {
  "regular file": "file",
  "regular empty file": "file",
  directory: "folder",
  "symbolic link": "link",
};

export async function checkFile(check: FileCheck, round: Round): Promise<Miss | undefined> {
  const places = await placesOf(check, round);
  if (places === undefined)
    return check.absent === true ? undefined : { field: "missing", expected: check.in ?? check.volume ?? "" };
  const { status, stdout } = await round.run(
    "bash",
    "-c",
    LOOK_AT_FILE,
    "look",
    String(MAX_FILE_BYTES),
    ...places,
  );
  if (status !== 0) return check.absent === true ? undefined : { field: "missing", soon: true };
  if (check.absent === true) return { field: "absent" };
  const newline = stdout.indexOf("\n");
  const [type = "", mode = "", uid = "", gid = "", user = "", group = ""] = stdout
    .slice(0, newline)
    .split("|");
  const found = TYPES[type] ?? type;
  if (check.type !== undefined && found !== check.type) return { field: "type", expected: check.type, found };
  if (check.mode !== undefined && Number.parseInt(check.mode, 8) !== Number.parseInt(mode, 8)) {
    return { field: "mode", expected: check.mode, found: mode };
  }
  if (check.owner !== undefined) {
    const [wantedUser, wantedGroup] = check.owner.split(":");
    const right =
      [uid, user].includes(wantedUser ?? "") &&
      (wantedGroup === undefined || [gid, group].includes(wantedGroup));
    if (!right) return { field: "owner", expected: check.owner, found: `${user}:${group} (${uid}:${gid})` };
  }
  return compareText(check, stdout.slice(newline + 1));
}

/** Where the file may be in the machine's own file system, the place that counts first; undefined: nowhere. */
async function placesOf(check: FileCheck, round: Round): Promise<string[] | undefined> {
  if (check.volume !== undefined) {
    const raw = await round.json(`/volumes/${encodeURIComponent(check.volume)}`);
    return raw === undefined
      ? undefined
      : [parseAs(z.object({ Mountpoint: z.string() }), raw).Mountpoint + check.file];
  }
  if (check.in === undefined) return [check.file];
  const raw = await round.json(`/containers/${encodeURIComponent(check.in)}/json`);
  return raw === undefined
    ? undefined
    : rootsOf(parseAs(containerSchema, raw)).map((root) => root + check.file);
}

/** A running container's root is its process's; a stopped one's is its layers, the uppermost first. */
function rootsOf({ State, GraphDriver }: ContainerData): string[] {
  if (State.Pid > 0) return [`/proc/${State.Pid}/root`];
  const { UpperDir = "", LowerDir = "" } = GraphDriver?.Data ?? {};
  return [UpperDir, ...LowerDir.split(":")].filter((path) => path !== "");
}

export async function checkShell(check: ShellCheck, round: Round): Promise<Miss | undefined> {
  const { status, stdout } = await runShell(check.shell, check.timeout ?? SHELL_SECONDS, round);
  const wanted = check.status ?? 0;
  if (status !== wanted)
    return { field: "failed", expected: String(wanted), found: String(status), soon: true };
  return compareText(check, stdout);
}

export async function checkAnswer(
  check: AnswerCheck,
  answers: Readonly<Record<string, string>>,
  round: Round,
): Promise<Miss | undefined> {
  const given = plain((Object.hasOwn(answers, check.answer) ? answers[check.answer] : undefined) ?? "");
  if (given === "") return { field: "missing" };
  if (check.matches !== undefined)
    return finds(check.matches, given) ? undefined : { field: "wrong", found: given };
  const right = check.text ?? (check.shell === undefined ? "" : await rightAnswer(check.shell, round));
  return plain(right).toLowerCase() === given.toLowerCase() ? undefined : { field: "wrong", found: given };
}

/** What a question's command prints. */
export async function rightAnswer(command: string, round: Round): Promise<string> {
  return plain((await runShell(command, SHELL_SECONDS * 3, round)).stdout);
}

/** Without space at the ends, and any other space as one. */
function plain(text: string): string {
  return text.trim().replace(/\s+/gu, " ");
}

function runShell(command: string, seconds: number, round: Round): ReturnType<Round["run"]> {
  return round.run("timeout", "--kill-after=1", String(seconds), "bash", "-c", command);
}
