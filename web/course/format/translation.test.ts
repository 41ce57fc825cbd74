import { describe, expect, it } from "vitest";
import { formatDiagnostic } from "./diagnostics";
import { compileCourse, type CourseFiles } from "./compile-course";

const ORIGINAL = `---
title: 课
summary: 关于。
---

## 一

\`\`\`sh run
# 说明
docker pull nginx
\`\`\`

### 常见错误

\`\`\`sh expect=image.missing
docker pull busybox
\`\`\`

### 你刚刚证明了

好。

\`\`\`yaml step
id: one
rows: [pull-nginx]
start:
  files:
    - path: /root/a
      from: a.txt
checks:
  - image: nginx
\`\`\`

## 二

\`\`\`sh file=/root/x
x
\`\`\`

### 你刚刚证明了

好。

\`\`\`yaml step
id: two
checks:
  - file: /root/x
\`\`\`
`;

const TRANSLATION = `---
title: Lesson
summary: About.
---

## One

\`\`\`sh run
# Words
docker pull nginx
\`\`\`

### Common mistake

\`\`\`sh expect=image.missing
docker pull busybox
\`\`\`

### What you just proved

Good.

\`\`\`yaml step
id: one
\`\`\`

## Two

\`\`\`sh file=/root/x
x
\`\`\`

### What you just proved

Good.

\`\`\`yaml step
id: two
\`\`\`
`;

const COURSE = `title: { zh-CN: 课程, en: Course }
summary: { zh-CN: 关于, en: About }
chapters:
  - id: first
    title: { zh-CN: 第一章, en: First }
    lessons: [01-a]
`;

function course(change: Partial<CourseFiles["lessons"][number]> = {}, text = COURSE): CourseFiles {
  const lesson = {
    id: "01-a",
    folder: "c/01-a",
    original: ORIGINAL,
    translation: TRANSLATION,
    files: ["a.txt"],
    ...change,
  };
  return { file: "c/course.yaml", text, lessons: [lesson], rows: ["pull-nginx", "images"] };
}

function mistakes(files: CourseFiles): string[] {
  return compileCourse(files).diagnostics.map(formatDiagnostic);
}

describe("compileCourse", () => {
  it("finds nothing in a sound course", () => {
    const { lessons, diagnostics } = compileCourse(course());
    expect(diagnostics).toEqual([]);
    expect(lessons.map(({ id, steps }) => [id, steps.length])).toEqual([["01-a", 2]]);
  });

  it.each<[string, string, string, RegExp]>([
    [
      "a step that is missing",
      TRANSLATION.slice(TRANSLATION.indexOf("## Two")),
      "",
      /en\.md:1: the step "two" is not translated/,
    ],
    ["a step that is nowhere", "id: two", "id: tow", /en\.md:27: the original has no step "tow" .*"two"/],
    ["another order", "id: one", "id: three", /en\.md:6: the original has no step "three"/],
    [
      "another command",
      "docker pull nginx",
      "docker pull redis",
      /en\.md:6: the step "one" does something else.*"# Words"|en\.md:6: the step "one" does/,
    ],
    ["another file", "/root/x", "/root/y", /en\.md:27: .*the file \/root\/y in place of the file \/root\/x/],
    ["a command less", "```sh run\n# Words", "```sh\n# Words", /en\.md:6: .*nothing in place of/],
    [
      "a part less",
      "### Common mistake\n\n```sh expect=image.missing\ndocker pull busybox\n```\n\n",
      "",
      /en\.md:6: the step "one" has 0 of the part/,
    ],
    [
      "another hint",
      "expect=image.missing",
      "expect=image.sameAs",
      /en\.md:6: a mistake .* expects "image.sameAs"/,
    ],
    ["checks of its own", "id: two", "id: two\nchecks: []", /en\.md:39: unknown field "checks"/],
    [
      "variables of its own",
      "summary: About.",
      "summary: About.\nminutes: 3",
      /en\.md:4: unknown field "minutes"/,
    ],
  ])("compares the translation: %s", (_name, from, to, expected) => {
    expect(TRANSLATION).toContain(from);
    const found = mistakes(course({ translation: TRANSLATION.replace(from, to) }));
    expect(
      found.some((line) => expected.test(line)),
      found.join("\n"),
    ).toBe(true);
  });

  it("compares the order of steps", () => {
    const swapped = TRANSLATION.replace("id: one", "id: x")
      .replace("id: two", "id: one")
      .replace("id: x", "id: two");
    expect(mistakes(course({ translation: swapped }))).toContainEqual(
      expect.stringContaining("the steps stand in another order than in the original: one, two"),
    );
  });

  it("wants both languages", () => {
    expect(mistakes(course({ translation: undefined }))).toEqual([
      "c/01-a/lesson.en.md:1: the file is missing",
    ]);
    expect(mistakes(course({ original: undefined }))).toEqual([
      "c/01-a/lesson.zh-CN.md:1: the file is missing",
    ]);
  });

  it.each<[string, string, string, RegExp]>([
    [
      "a row that is none",
      "pull-nginx",
      "pull-ngnix",
      /zh-CN\.md:6: commands\.tsv has no row "pull-ngnix" .*"pull-nginx"/,
    ],
    [
      "a file that is not there",
      "from: a.txt",
      "from: b.txt",
      /zh-CN\.md:6: there is no file "files\/b\.txt" .*"a\.txt"/,
    ],
    [
      "a file without content",
      "      from: a.txt\n",
      "",
      /zh-CN\.md:6: the file \/root\/a has one of from and text/,
    ],
    [
      "a start after nothing",
      "start:\n",
      "start:\n  after: 01-b/one\n",
      /zh-CN\.md:6: after: there is no lesson "01-b" .*"01-a"/,
    ],
    [
      "a start after no step",
      "start:\n",
      "start:\n  after: 01-a/on\n",
      /zh-CN\.md:6: after: .* has no step "on" .*"one"/,
    ],
  ])("looks at what lessons refer to: %s", (_name, from, to, expected) => {
    const found = mistakes(course({ original: ORIGINAL.replace(from, to) }));
    expect(
      found.some((line) => expected.test(line)),
      found.join("\n"),
    ).toBe(true);
  });

  it.each<[string, string, string, RegExp]>([
    ["a folder that is not there", "[01-a]", "[01-b]", /course\.yaml:6: there is no folder "01-b" .*"01-a"/],
    ["a lesson twice", "[01-a]", "[01-a, 01-a]", /course\.yaml:6: the lesson "01-a" is in the course twice/],
    [
      "a title in one language",
      "{ zh-CN: 第一章, en: First }",
      "{ zh-CN: 第一章 }",
      /course\.yaml:5: "chapters\.0\.title\.en" is missing/,
    ],
    ["an unknown field", "chapters:", "chapter:", /course\.yaml:3: unknown field "chapter" .*"chapters"/],
  ])("looks at course.yaml: %s", (_name, from, to, expected) => {
    const found = mistakes(course({}, COURSE.replace(from, to)));
    expect(
      found.some((line) => expected.test(line)),
      found.join("\n"),
    ).toBe(true);
  });
});
