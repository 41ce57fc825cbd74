import { describe, expect, it } from "vitest";
import { formatDiagnostic } from "./diagnostics";
import { routeActions, solutionActions } from "./model";
import { parseLesson } from "./parse-lesson";
import { actionsOf } from "./prose";

/** Line numbers below are those of this text. */
const SOUND = `---
title: A lesson
summary: About something.
language: en
variables:
  - id: port
    label: Port
    default: "8080"
    pattern: "[0-9]{4}"
---

Words first.

## Start it

Click **this**, with \`{{port}}\`:

\`\`\`sh run
docker run -d --name web -p {{port}}:80 nginx
\`\`\`

| a | b |
|---|---|
| 1 | 2 |

### Hint

Look at the name.

### Common mistake: another name

\`\`\`sh expect=container.missing
docker run -d nginx
\`\`\`

### What you just proved

It runs.

\`\`\`yaml step
id: start
checks:
  - container: web
    state: running
    ports: ["{{port}}:80"]
ask:
  - id: driver
    label: Which driver?
    matches: "overlay2?"
    example: overlay
\`\`\`
`;

function parse(text: string): ReturnType<typeof parseLesson> {
  return parseLesson({ id: "sound", file: "lesson.md", text, language: "zh-CN" });
}

/** The one mistake of the sound lesson with `from` replaced by `to`. */
function mistakesWith(from: string, to: string): string[] {
  expect(SOUND).toContain(from);
  return parse(SOUND.replace(from, to)).diagnostics.map(formatDiagnostic);
}

describe("parseLesson", () => {
  it("reads a sound lesson", () => {
    const { lesson, diagnostics } = parse(SOUND);
    expect(diagnostics).toEqual([]);
    const [step] = lesson?.steps ?? [];
    if (lesson === undefined || step === undefined) throw new Error("no step");
    expect(lesson).toMatchObject({ id: "sound", language: "en", title: "A lesson" });
    expect(step).toMatchObject({ id: "start", title: "Start it", line: 14 });
    expect(step.checks).toHaveLength(2);
    expect(step.checks[1]).toEqual({ answer: "driver", matches: "overlay2?" });
    expect(step.hints).toHaveLength(1);
    expect(step.mistakes[0]?.expect).toBe("container.missing");
    expect(solutionActions(step)).toEqual([
      {
        type: "run",
        command: "docker run -d --name web -p {{port}}:80 nginx",
        terminal: 1,
        inside: false,
        stays: false,
      },
    ]);
    expect(step.mistakes.map((mistake) => routeActions(step, mistake).length)).toEqual([1]);
    expect(step.body.map(({ type }) => type)).toEqual(["paragraph", "code", "table"]);
  });

  it("takes a variable in a pattern", () => {
    const changed = SOUND.replace("    state: running", '    logs: "^port {{port}}$"');
    expect(parse(changed).diagnostics).toEqual([]);
  });

  it("takes a file with a byte order mark and DOS lines", () => {
    const { lesson, diagnostics } = parse(`\uFEFF${SOUND.replaceAll("\n", "\r\n")}`);
    expect(diagnostics).toEqual([]);
    expect(lesson?.steps[0]?.line).toBe(14);
  });

  it("reads files, keys and the flags of commands", () => {
    const blocks = [
      "```sh run stays terminal=2\ndocker logs -f web\n```",
      "```keys terminal=2\nCtrl-C\n```",
      "```sh run inside\nexit\n```",
      "```sh file=/root/x.sh mode=755\necho hi\n```",
    ].join("\n\n");
    const { lesson, diagnostics } = parse(SOUND.replace("| a | b |", `${blocks}\n\n| a | b |`));
    expect(diagnostics).toEqual([]);
    expect(actionsOf(lesson?.steps[0]?.body ?? []).slice(1)).toEqual([
      { type: "run", command: "docker logs -f web", terminal: 2, inside: false, stays: true },
      { type: "keys", keys: ["Ctrl-C"], terminal: 2 },
      { type: "run", command: "exit", terminal: 1, inside: true, stays: false },
      { type: "file", path: "/root/x.sh", text: "echo hi\n", mode: "755" },
    ]);
  });

  it.each<[string, string, string, RegExp]>([
    [
      "no frontmatter",
      SOUND.slice(0, SOUND.indexOf("Words")),
      "",
      /^lesson\.md:1: the file begins with a front/,
    ],
    ["a frontmatter without end", "\n---\n\nWords", "\n\nWords", /^lesson\.md:1: the file begins with/],
    ["broken YAML", "title: A lesson", "title: [A lesson", /^lesson\.md:[2-9]: YAML: /],
    [
      "an unknown field",
      "summary:",
      "sumary:",
      /^lesson\.md:3: unknown field "sumary" \(did you mean "summary"/,
    ],
    ["a missing field", "summary: About something.\n", "", /^lesson\.md:\d: "summary" is missing/],
    [
      "an unknown language",
      "language: en",
      "language: eng",
      /^lesson\.md:4: "language" is one of .* mean "en"/,
    ],
    ["a bad pattern", "[0-9]{4}", "[0-9", /^lesson\.md:9: "variables\.0\.pattern": not a regular expression/],
    [
      "a default outside its pattern",
      '"8080"',
      '"80"',
      /^lesson\.md:8: the default of "port" does not match/,
    ],
    [
      "an unknown variable",
      "`{{port}}`",
      "`{{prot}}`",
      /^lesson\.md:16: no variable is called "prot" .*"port"/,
    ],
    [
      "an unknown word of a block",
      "sh run\n",
      "sh rum\n",
      /^lesson\.md:18: unknown word "rum" .* mean "run"/,
    ],
    ["a field without value", "sh run\n", "sh run terminal\n", /^lesson\.md:18: "terminal" needs a value/],
    ["a fourth terminal", "sh run\n", "sh run terminal=4\n", /^lesson\.md:18: terminal= is 1, 2 or 3/],
    ["a relative file", "sh run\n", "sh file=x\n", /^lesson\.md:18: file= is a path that begins with/],
    ["a bad mode", "sh run\n", "sh file=/x mode=rwx\n", /^lesson\.md:18: mode= is octal/],
    ["a mode without file", "sh run\n", "sh run mode=755\n", /^lesson\.md:18: mode= belongs to/],
    ["stays without run", "sh run\n", "sh stays\n", /^lesson\.md:18: inside, stays and terminal= belong/],
    [
      "an empty command",
      "docker run -d --name web -p {{port}}:80 nginx",
      "",
      /^lesson\.md:18: a block with run is empty/,
    ],
    [
      "an unknown key",
      "sh run\ndocker run -d --name web -p {{port}}:80 nginx",
      "keys\nCtlr-C",
      /^lesson\.md:18: no key is called "Ctlr-C" .*"Ctrl-C"/,
    ],
    [
      "an unknown section",
      "### Hint",
      "### Hints",
      /^lesson\.md:26: no part of a step is called "Hints".*mean "Hint"/,
    ],
    ["HTML", "Look at", "<b>Look</b> at", /^lesson\.md:28: HTML is not shown/],
    [
      "a mistake without expect",
      "sh expect=container.missing",
      "sh run",
      /^lesson\.md:30: a mistake has a block/,
    ],
    [
      "a hint that no check gives",
      "container.missing",
      "container.misssing",
      /^lesson\.md:32: no check of this step gives .*mean "container.missing"/,
    ],
    [
      "no end",
      "### What you just proved\n\nIt runs.\n\n",
      "",
      /^lesson\.md:14: the step "start" has no part "What/,
    ],
    [
      "a second solution",
      "### Hint\n\nLook at the name.",
      "### Solution\n\n```sh run\na\n```\n\n### Solution\n\n```sh run\na\n```",
      /^lesson\.md:32: a step has one solution/,
    ],
    ["no step's block", "yaml step", "yaml", /^lesson\.md:14: the step "Start it" has no block/],
    ["a step's block of another language", "yaml step", "json step", /^lesson\.md:40: a step's block is/],
    ["a missing id", "id: start\n", "", /^lesson\.md:4\d: "id" is missing/],
    ["an id with capitals", "id: start\n", "id: Start\n", /^lesson\.md:41: "id": an id has small letters/],
    ["an unknown field of a step", "checks:", "chekcs:", /^lesson\.md:42: unknown field "chekcs" .*"checks"/],
    [
      "an unknown kind of check",
      "- container:",
      "- contianer:",
      /^lesson\.md:43: no kind of check is called "contianer".*"container"/,
    ],
    [
      "an unknown field of a check",
      "    state: running",
      "    stat: running",
      /^lesson\.md:44: unknown field "stat" .*"state"/,
    ],
    [
      "an unknown state",
      "state: running",
      "state: runing",
      /^lesson\.md:44: "state" is one of .* mean "running"/,
    ],
    ["a value of another type", "state: running", "exit: one", /^lesson\.md:44: "exit": /],
    ["a port that is none", '["{{port}}:80"]', '["a:b:c"]', /^lesson\.md:45: "ports\.0": a port is 8080:80/],
    [
      "a check that is no map",
      '- container: web\n    state: running\n    ports: ["{{port}}:80"]',
      "- web",
      /^lesson\.md:43: a check is a map/,
    ],
    [
      "a shell check without hint",
      '- container: web\n    state: running\n    ports: ["{{port}}:80"]',
      "- shell: 'true'",
      /^lesson\.md:43: "hint" is missing/,
    ],
    [
      "an unknown field of a question",
      "label: Which",
      "lable: Which",
      /^lesson\.md:4[67]: (unknown field "lable" .*"label"|"ask)/,
    ],
    [
      "a question without an answer",
      '    matches: "overlay2?"\n    example: overlay\n',
      "",
      /^lesson\.md:14: the question "driver" has one of/,
    ],
    [
      "a question without an example",
      "    example: overlay\n",
      "",
      /^lesson\.md:14: the question "driver" has matches/,
    ],
    [
      "a third level before the steps",
      "Words first.",
      "### Hint",
      /^lesson\.md:12: a heading of the third level stands before/,
    ],
    ["a first level among the steps", "### Hint", "# Hint", /^lesson\.md:26: a heading of the first level/],
  ])("says where and what: %s", (_name, from, to, expected) => {
    const found = mistakesWith(from, to);
    expect(
      found.some((line) => expected.test(line)),
      found.join("\n"),
    ).toBe(true);
  });

  it("says that a step is there twice", () => {
    const again = SOUND.slice(SOUND.indexOf("## Start it"));
    expect(parse(`${SOUND}\n${again}`).diagnostics.map(formatDiagnostic)).toEqual([
      expect.stringMatching(/^lesson\.md:53: the step's id "start" is taken by the step on line 14$/u),
    ]);
  });

  it("says that there is no step, no check, no solution", () => {
    const head = SOUND.slice(0, SOUND.indexOf("## Start it"));
    expect(parse(head).diagnostics.map(formatDiagnostic)).toEqual([
      expect.stringContaining("a lesson has at least one step"),
    ]);
    const bare = "## One\n\n### What you just proved\n\nIt.\n\n```yaml step\nid: one\n```\n";
    expect(parse(head + bare).diagnostics.map(({ message }) => message)).toEqual([
      expect.stringContaining("neither checks nor ask"),
    ]);
    const unsolved = bare.replace("id: one", "id: one\nchecks:\n  - image: nginx");
    expect(parse(head + unsolved).diagnostics.map(({ message }) => message)).toEqual([
      expect.stringContaining("has no solution"),
    ]);
    const idle = unsolved.replace("### What", "### Solution\n\nThink.\n\n### What");
    expect(parse(head + idle).diagnostics.map(({ message }) => message)).toEqual([
      expect.stringContaining("nothing to run or to save"),
      expect.stringContaining("has no solution"),
    ]);
  });

  it.each([
    "",
    "---",
    "---\n---\n",
    "\u0000\u0001",
    "## \n```yaml step\n```",
    `---\ntitle: &a [*a]\nsummary: x\n---\n## x`,
    "a".repeat(100_000),
    `${"> ".repeat(3000)}x`,
    `---\na: &a [x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n---\n`,
  ])("never throws: case %#", (text) => {
    expect(parse(text).diagnostics.length).toBeGreaterThan(0);
  });
});
