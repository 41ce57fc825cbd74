/** The first line of a fenced block: its language, then what it is for. `sh run terminal=2`, `dockerfile file=/root/x` */
import { nearest } from "./diagnostics";
import type { Action, TerminalNumber } from "./prose";

/** What may follow the language. `output`: what the learner will see; it cannot be clicked. */
const FLAGS = ["run", "inside", "stays", "output", "step", "when"] as const;
const FIELDS = ["terminal", "file", "mode", "expect", "answer"] as const;
type Flag = (typeof FLAGS)[number];
type Field = (typeof FIELDS)[number];

export interface Info {
  readonly language: string;
  readonly flags: ReadonlySet<Flag>;
  readonly fields: Readonly<Partial<Record<Field, string>>>;
  readonly mistakes: readonly { readonly message: string; readonly suggestion: string | undefined }[];
}

/** Reads a block's info string; never throws. */
export function parseInfo(lang: string | null | undefined, meta: string | null | undefined): Info {
  const flags = new Set<Flag>();
  const fields: Partial<Record<Field, string>> = {};
  const mistakes: { message: string; suggestion: string | undefined }[] = [];
  for (const word of (meta ?? "").split(/\s+/u).filter((part) => part !== "")) {
    const [name = "", ...rest] = word.split("=");
    const value = rest.length === 0 ? undefined : rest.join("=");
    const flag = FLAGS.find((known) => known === name);
    const field = FIELDS.find((known) => known === name);
    if (flag !== undefined && value === undefined) flags.add(flag);
    else if (field !== undefined && value !== undefined && value !== "") fields[field] = value;
    else if (field !== undefined)
      mistakes.push({ message: `"${name}" needs a value`, suggestion: `${name}=…` });
    else {
      const all = [...FLAGS, ...FIELDS];
      mistakes.push({ message: `unknown word "${name}" after the language`, suggestion: nearest(name, all) });
    }
  }
  for (const mistake of contradictions(lang ?? "", flags, fields)) {
    mistakes.push({ message: mistake, suggestion: undefined });
  }
  return { language: lang ?? "", flags, fields, mistakes };
}

function contradictions(language: string, flags: ReadonlySet<Flag>, fields: Info["fields"]): string[] {
  const found: string[] = [];
  const runs = flags.has("run") || fields.expect !== undefined || language === "keys";
  if (!runs && (flags.has("inside") || flags.has("stays") || fields.terminal !== undefined)) {
    found.push("inside, stays and terminal= belong to a block with run");
  }
  if (fields.terminal !== undefined && !/^[123]$/u.test(fields.terminal))
    found.push("terminal= is 1, 2 or 3");
  if (fields.file !== undefined && !fields.file.startsWith("/"))
    found.push("file= is a path that begins with /");
  if (fields.mode !== undefined && !/^[0-7]{3,4}$/u.test(fields.mode)) found.push("mode= is octal: 755");
  if (fields.mode !== undefined && fields.file === undefined)
    found.push("mode= belongs to a block with file=");
  if (flags.has("step") && language !== "yaml") found.push("a step's block is ```yaml step");
  if (flags.has("when") && language !== "yaml") found.push("a mistake's condition is ```yaml when");
  return found;
}

/** What a block does when it is clicked; undefined when it is only read. */
export function actionOf(block: {
  readonly lang?: string | null | undefined;
  readonly meta?: string | null | undefined;
  readonly value: string;
}): Action | undefined {
  const { language, flags, fields } = parseInfo(block.lang, block.meta);
  const terminal = Number(fields.terminal ?? 1) as TerminalNumber;
  if (fields.file !== undefined) {
    return { type: "file", path: fields.file, text: `${block.value}\n`, mode: fields.mode ?? "644" };
  }
  if (fields.answer !== undefined) return { type: "answer", id: fields.answer, text: block.value };
  if (language === "keys") {
    return { type: "keys", keys: block.value.split(/\s+/u).filter((key) => key !== ""), terminal };
  }
  if (!flags.has("run") && fields.expect === undefined) return undefined;
  return {
    type: "run",
    command: block.value,
    terminal,
    inside: flags.has("inside"),
    stays: flags.has("stays"),
  };
}
