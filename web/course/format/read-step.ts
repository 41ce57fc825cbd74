/** One step's Markdown to a step, and every mistake in it to a diagnostic. */
import type { Code, RootContent } from "mdast";
import type { Language } from "../../i18n/language";
import { hintFields, kindOf, nameOf, type Check } from "../../../worker/checks/kinds";
import { nearest, type Findings } from "./diagnostics";
import { actionOf, parseInfo } from "./info-string";
import { keyBytes } from "./keys";
import { canBeTold, conditionOf } from "./mistakes";
import { askCheck, type Mistake, type Route, type Step } from "./model";
import { actionsOf, type Action, type Prose } from "./prose";
import { lineOf, type Part } from "./read-markdown";
import { stepSchema, translatedStepSchema, whenSchema, type StepBlock } from "./schema";
import { sectionOf, SECTION_HEADINGS, type Section } from "./sections";
import { toProse } from "./to-prose";
import { parseYamlPart } from "./yaml-part";

/** A step's part of the file: what stands under its heading, and its sections. */
export interface StepParts {
  readonly head: Part;
  readonly sections: readonly Part[];
}

export class StepReader {
  readonly #findings: Findings;
  readonly #language: Language;
  readonly #translation: boolean;

  constructor(findings: Findings, language: Language, translation: boolean) {
    this.#findings = findings;
    this.#language = language;
    this.#translation = translation;
  }

  read({ head, sections }: StepParts): Step | undefined {
    const title = head.heading ?? "";
    const block = this.#readBlock([head, ...sections], title, head.line);
    const body = this.#prose(head);
    const hints: Prose[] = [];
    const routes: Route[] = [];
    const mistakes: Mistake[] = [];
    let solution: Route | undefined;
    let proved: Prose = [];
    for (const part of sections) {
      const section = this.#section(part);
      if (section === undefined) continue;
      const prose = this.#prose(part);
      const actions = actionsOf(prose);
      if (section === "hint") hints.push(prose);
      if (section === "route") routes.push({ body: prose });
      if (section === "mistake") mistakes.push(...this.#mistake(part, prose, block));
      if (section === "solution" && solution !== undefined)
        this.#findings.add(part.line, "a step has one solution");
      if (section === "solution") solution = { body: prose };
      if (section === "proved") proved = prose;
      if (
        (section === "solution" || section === "route") &&
        actions.length === 0 &&
        (block?.ask.length ?? 0) === 0
      ) {
        this.#findings.add(part.line, "nothing to run or to save in this section: ```sh run");
      }
    }
    if (block === undefined) return undefined;
    this.#requireParts(block, head.line, proved, [...actionsOf(body), ...actionsOf(solution?.body ?? [])]);
    const { id, rows, start, needs, ask } = block;
    const checks: Check[] = [...block.checks, ...ask.map(askCheck)];
    const step: Step = {
      id,
      title,
      line: head.line,
      rows,
      start,
      needs,
      checks,
      asks: ask,
      body,
      hints,
      solution,
      routes,
      mistakes,
      proved,
    };
    if (!this.#translation) this.#requireConditions(step, head.line);
    return step;
  }

  /** Each mistake can be told that it was made, and from the others with its code. */
  #requireConditions(step: Step, line: number): void {
    const seen = new Set<string>();
    for (const mistake of step.mistakes) {
      const { expect } = mistake;
      if (!canBeTold(step, mistake)) {
        const message = `nothing tells that the mistake "${expect}" was made: \`\`\`yaml when with typed:`;
        this.#findings.add(line, message);
      }
      const condition = `${expect} ${conditionOf(step, mistake)}`;
      if (seen.has(condition)) {
        const message = `two mistakes with the hint "${expect}" are told by the same: one of them is never shown`;
        this.#findings.add(line, message);
      }
      seen.add(condition);
    }
  }

  #readBlock(parts: readonly Part[], title: string, line: number): StepBlock | undefined {
    const blocks = parts.flatMap(({ nodes }) => nodes.filter(isStepBlock));
    const [block, second] = blocks;
    if (block === undefined) {
      this.#findings.add(line, `the step "${title}" has no block \`\`\`yaml step with its id`);
      return undefined;
    }
    if (second !== undefined)
      this.#findings.add(lineOf(second), `the step "${title}" has a second block \`\`\`yaml step`);
    const schema = this.#translation ? translatedStepSchema : stepSchema;
    const parsed = parseYamlPart(block.value, lineOf(block) + 1, schema, this.#findings);
    return parsed === undefined ? undefined : stepSchema.parse(parsed);
  }

  #section(part: Part): Section | undefined {
    const heading = part.heading ?? "";
    const section = sectionOf(heading, this.#language);
    if (section === undefined) {
      const names = Object.values(SECTION_HEADINGS[this.#language]);
      this.#findings.add(
        part.line,
        `no part of a step is called "${heading}": ${names.join(", ")}; headings of your own are ####`,
        nearest(heading, names),
      );
    }
    return section;
  }

  /** A part's prose without the step's block, each code block looked at. */
  #prose({ nodes }: Part): Prose {
    for (const node of nodes) this.#inspect(node);
    return toProse(nodes.filter((node) => !isStepBlock(node) && !isWhenBlock(node)));
  }

  #inspect(node: RootContent): void {
    if (node.type === "html" && !node.value.startsWith("<!--")) {
      this.#findings.add(lineOf(node), "HTML is not shown in lessons: use Markdown");
    }
    if (node.type === "code") this.#inspectCode(node);
    else if ("children" in node) for (const child of node.children) this.#inspect(child);
  }

  #inspectCode(node: Code): void {
    const line = lineOf(node);
    for (const { message, suggestion } of parseInfo(node.lang, node.meta).mistakes) {
      this.#findings.add(line, message, suggestion);
    }
    const action = actionOf(node);
    if (action?.type === "keys") {
      for (const key of action.keys.filter((name) => keyBytes(name) === undefined)) {
        this.#findings.add(
          line,
          `no key is called "${key}"`,
          nearest(key, ["Ctrl-C", "Ctrl-D", "Enter", "Escape", "Tab", "Space"]),
        );
      }
    }
    if (action?.type === "run" && action.command.trim() === "")
      this.#findings.add(line, "a block with run is empty");
  }

  /** The block that says `expect=` decides which hint the mistake must get. */
  #mistake(part: Part, body: Prose, block: StepBlock | undefined): Mistake[] {
    const expecting = codeBlocks(part.nodes).find(
      (node) => parseInfo(node.lang, node.meta).fields.expect !== undefined,
    );
    const expect = expecting && parseInfo(expecting.lang, expecting.meta).fields.expect;
    if (expecting === undefined || expect === undefined) {
      this.#findings.add(
        part.line,
        "a mistake has a block that says which hint it gets: ```sh expect=container.state",
      );
      return [];
    }
    if (block !== undefined && !this.#translation) this.#requireHint(expect, block, lineOf(expecting));
    const [condition] = part.nodes.filter(isWhenBlock);
    const when =
      condition && parseYamlPart(condition.value, lineOf(condition) + 1, whenSchema, this.#findings);
    const title = /[:：]\s*(.+)$/u.exec(part.heading ?? "")?.[1];
    return [
      { expect, body, ...(title === undefined ? {} : { title }), ...(when === undefined ? {} : { when }) },
    ];
  }

  #requireHint(expect: string, block: StepBlock, line: number): void {
    const checks: Check[] = [...block.checks, ...block.ask.map(askCheck)];
    const codes = checks.flatMap((check) =>
      hintFields(kindOf(check)).map((field) => `${nameOf(check)}.${field}`),
    );
    if (!codes.includes(expect)) {
      this.#findings.add(line, `no check of this step gives the hint "${expect}"`, nearest(expect, codes));
    }
  }

  #requireParts(block: StepBlock, line: number, proved: Prose, actions: readonly Action[]): void {
    if (proved.length === 0) {
      this.#findings.add(
        line,
        `the step "${block.id}" has no part "${SECTION_HEADINGS[this.#language].proved}"`,
      );
    }
    if (this.#translation) return;
    if (block.checks.length === 0 && block.ask.length === 0) {
      this.#findings.add(
        line,
        `the step "${block.id}" has neither checks nor ask: nothing would say that it is done`,
      );
    }
    if (block.checks.length > 0 && actions.length === 0) {
      this.#findings.add(
        line,
        `the step "${block.id}" has no solution: a block \`\`\`sh run, or a part with one`,
      );
    }
    for (const { id, text, matches, shell, example } of block.ask) {
      const ways = [text, matches, shell].filter((way) => way !== undefined).length;
      if (ways !== 1) this.#findings.add(line, `the question "${id}" has one of text, matches and shell`);
      if (matches !== undefined && example === undefined) {
        this.#findings.add(line, `the question "${id}" has matches and so needs an example`);
      }
    }
  }
}

/** Every code block, in order, those in lists and quotes too. */
function codeBlocks(nodes: readonly RootContent[]): Code[] {
  return nodes.flatMap((node) => {
    if (node.type === "code") return [node];
    return "children" in node ? codeBlocks(node.children) : [];
  });
}

function isStepBlock(node: RootContent): node is Code {
  return node.type === "code" && parseInfo(node.lang, node.meta).flags.has("step");
}

function isWhenBlock(node: RootContent): node is Code {
  return node.type === "code" && parseInfo(node.lang, node.meta).flags.has("when");
}
