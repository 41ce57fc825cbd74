import { describe, expect, it } from "vitest";
import { contentsOf } from "../format/compiled";
import { parseLesson } from "../format/parse-lesson";
import { SiteCourse } from "./site-course";

const TEXT = `---
title: One
summary: s
language: en
---

A [link](https://a.example), *words* and a table.

| a | b |
| - | - |
| 1 | 2 |

## Step

\`\`\`sh run
docker pull nginx
\`\`\`

### What you just proved

1. It.

\`\`\`yaml step
id: one
checks:
  - image: nginx
\`\`\`
`;
const { lesson } = parseLesson({ id: "01-one", file: "x", text: TEXT, language: "en" });
if (lesson === undefined) throw new Error("no lesson");
const both = (text: string): { "zh-CN": string; en: string } => ({ "zh-CN": text, en: text });
const contents = contentsOf(
  { title: both("c"), summary: both("s"), chapters: [{ id: "a", title: both("a"), lessons: ["01-one"] }] },
  [{ "zh-CN": lesson, en: lesson }],
  ({ id }) => `${id}.json`,
);
const CONTENTS = "https://site.example/any/path/contents.json";
const LESSON = "https://site.example/any/path/01-one.json";

function site(files: Record<string, string>): SiteCourse {
  return new SiteCourse(CONTENTS, (url) => {
    const body = files[url as string];
    return Promise.resolve(new Response(body ?? "", { status: body === undefined ? 404 : 200 }));
  });
}

describe("SiteCourse", () => {
  it("reads the lesson that was compiled, from beside the contents", async () => {
    const course = site({ [CONTENTS]: JSON.stringify(contents), [LESSON]: JSON.stringify(lesson) });
    expect(await course.lesson("01-one", "en")).toEqual(lesson);
  });

  it.each([
    ["cut off", JSON.stringify(lesson).slice(0, -20)],
    ["a page of the host", "<!doctype html>"],
    ["another form", JSON.stringify({ ...lesson, steps: [] })],
    ["an unknown node", JSON.stringify({ ...lesson, intro: [{ type: "html", value: "<script>" }] })],
    ["another lesson", JSON.stringify({ ...lesson, id: "02-two" })],
  ])("refuses a lesson that is %s, and reads it when it is whole again", async (_name, bad) => {
    const files = { [CONTENTS]: JSON.stringify(contents), [LESSON]: bad };
    const course = site(files);
    await expect(course.lesson("01-one", "en")).rejects.toMatchObject({
      code: "internal",
      message: "the lesson cannot be read",
      subject: "01-one",
    });
    files[LESSON] = JSON.stringify(lesson);
    expect(await course.lesson("01-one", "en")).toEqual(lesson);
  });

  it("asks for the contents again after a failure", async () => {
    const files: Record<string, string> = {};
    const course = site(files);
    await expect(course.contents()).rejects.toMatchObject({ code: "network" });
    files[CONTENTS] = "{}";
    await expect(course.contents()).rejects.toMatchObject({ code: "internal" });
    files[CONTENTS] = JSON.stringify(contents);
    expect(await course.contents()).toEqual(contents);
  });

  it("knows no lesson that is not in the contents", async () => {
    const course = site({ [CONTENTS]: JSON.stringify(contents) });
    await expect(course.lesson("toString", "en")).rejects.toMatchObject({ code: "internal" });
  });
});
