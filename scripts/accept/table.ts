/** The tables of what must work: `commands.tsv` (every command of the notes), `bad-input.tsv` and `field.tsv`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface TableRow {
  readonly id: string;
  /** The note that the command is from; "beyond" for what a course adds, "bad" for bad input, "field" for other texts. */
  readonly note: string;
  readonly command: string;
  readonly mustShow: string;
}

const HEADER = "id\tnote\tcommand\tmust show";
const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Reads tab-separated rows; lines that begin with # are comments.
 * @throws Error naming the line that has not four columns, a bad or a repeated id
 */
export function parseTable(text: string): TableRow[] {
  const lines = text.split("\n").map((line, index) => ({ line, number: index + 1 }));
  const [header, ...rest] = lines.filter(({ line }) => line !== "" && !line.startsWith("#"));
  if (header?.line !== HEADER) throw new Error(`the table's header must be ${JSON.stringify(HEADER)}`);
  const seen = new Set<string>();
  return rest.map(({ line, number }) => {
    const [id, note, command, mustShow, ...more] = line.split("\t");
    const whole = id !== undefined && note !== undefined && command !== undefined && mustShow !== undefined;
    if (!whole || more.length > 0) throw new Error(`line ${number}: four columns, not "${line}"`);
    if (!ID.test(id)) throw new Error(`line ${number}: not an id: "${id}"`);
    if (seen.has(id)) throw new Error(`line ${number}: "${id}" is there twice`);
    seen.add(id);
    return { id, note, command, mustShow };
  });
}

/** Every command of the notes. */
export function readCommands(): TableRow[] {
  return readTable("commands.tsv");
}

/** All tables, in their order. */
export function readTables(): TableRow[] {
  return [...readCommands(), ...readTable("bad-input.tsv"), ...readTable("field.tsv")];
}

function readTable(name: string): TableRow[] {
  return parseTable(readFileSync(join(import.meta.dirname, name), "utf8"));
}
