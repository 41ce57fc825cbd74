/** A file of the machine, of a container or of a volume. */
import { z } from "zod";
import { parseAs } from "../../docker/engine";
import { containerPath, volumePath } from "../../docker/paths";
import { containerSchema, volumeSchema, type Container } from "../../docker/schemas";
import { compareText } from "../compare";
import type { Round } from "../round";
import { common, pattern, text } from "../../../contract/check-fields";
import { defineKind } from "./kind";

const MAX_FILE_BYTES = 64 * 1024;

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

const schema = z.strictObject({
  file: z.string().regex(/^(\/|\{\{)/u, { error: "a path begins with /" }),
  /** The container it is in; a volume it is in; else the machine itself. */
  in: text.optional(),
  volume: text.optional(),
  absent: z.boolean().optional(),
  type: z.enum(["file", "folder", "link"]).optional(),
  contains: text.optional(),
  matches: pattern.optional(),
  /** Octal, as of `chmod`: "755". */
  mode: z
    .string()
    .regex(/^[0-7]{3,4}$/u, { error: 'a mode is octal, in quotes: "755"' })
    .optional(),
  /** `user`, or `user:group`, by name or number. */
  owner: text.optional(),
  ...common,
});
type FileCheck = z.infer<typeof schema>;

export const file = defineKind({
  schema,
  hints: ["missing"],
  async run(check, round) {
    const places = await placesOf(check, round);
    if (places === undefined)
      return check.absent === true
        ? undefined
        : { field: "missing", expected: check.in ?? check.volume ?? "" };
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
    if (check.type !== undefined && found !== check.type)
      return { field: "type", expected: check.type, found };
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
  },
});

/** Where the file may be in the machine's own file system, the place that counts first; undefined: nowhere. */
async function placesOf(check: FileCheck, round: Round): Promise<string[] | undefined> {
  if (check.volume !== undefined) {
    const raw = await round.json(volumePath(check.volume));
    return raw === undefined ? undefined : [parseAs(volumeSchema, raw).Mountpoint + check.file];
  }
  if (check.in === undefined) return [check.file];
  const raw = await round.json(containerPath(check.in));
  return raw === undefined
    ? undefined
    : rootsOf(parseAs(containerSchema, raw)).map((root) => root + check.file);
}

/** A running container's root is its process's; a stopped one's is its layers, the uppermost first. */
function rootsOf({ State, GraphDriver }: Container): string[] {
  if (State.Pid > 0) return [`/proc/${State.Pid}/root`];
  const { UpperDir = "", LowerDir = "" } = GraphDriver?.Data ?? {};
  return [UpperDir, ...LowerDir.split(":")].filter((path) => path !== "");
}
