import { describe, expect, it } from "vitest";
import type { Lesson } from "./model";
import { parseLesson } from "./parse-lesson";
import { planTo, type PlanDoors } from "./prepare";

function lesson(id: string, start: string): Lesson {
  const step = (name: string, block: string): string =>
    `## ${name}\n\n\`\`\`sh run\ndocker run ${name} {{port}}\n\`\`\`\n\n### What you just proved\n\nIt.\n\n\`\`\`yaml step\nid: ${name}\n${block}checks:\n  - image: x\n\`\`\`\n`;
  const text = `---\ntitle: ${id}\nsummary: s\nlanguage: en\nvariables:\n  - { id: port, label: p, default: "80", pattern: "[0-9]+" }\n${start}---\n${step("one", "")}${step("two", "start:\n  run: echo {{port}}\n")}`;
  const parsed = parseLesson({ id, file: id, text, language: "en" });
  expect(parsed.diagnostics).toEqual([]);
  if (parsed.lesson === undefined) throw new Error("no lesson");
  return parsed.lesson;
}

const first = lesson("first", "start:\n  files:\n    - { path: /a, from: a.txt }\n");
const second = lesson("second", "start:\n  after: first/one\n");
const circle = lesson("circle", "start:\n  after: circle/one\n");
const doors: PlanDoors = {
  loadLesson: (id) => Promise.resolve(id === "first" ? first : circle),
  loadFile: () => Promise.resolve(new Uint8Array([7])),
};

async function plan(of: Lesson, index: number): Promise<string[]> {
  const tasks = await planTo(of, index, { port: "81" }, doors);
  return tasks.map(({ title, actions }) =>
    [title, ...actions.map((action) => (action.type === "run" ? action.command : action.type))].join(": "),
  );
}

describe("planTo", () => {
  it("leads to a lesson's start, each of its steps, and its end", async () => {
    expect(await plan(first, 0)).toEqual(["first: file"]);
    expect(await plan(first, 1)).toEqual(["first: file", "one: docker run one 81: end", "two: script"]);
    expect(await plan(first, 2)).toEqual([
      "first: file",
      "one: docker run one 81: end",
      "two: script: docker run two 81: end",
    ]);
  });

  it("leads through the lesson that it begins after", async () => {
    expect(await plan(second, 0)).toEqual(["first: file", "one: docker run one 81: end", "two: script"]);
  });

  it("does not go in circles", async () => {
    await expect(planTo(circle, 0, {}, doors)).rejects.toMatchObject({ code: "internal" });
  });
});
