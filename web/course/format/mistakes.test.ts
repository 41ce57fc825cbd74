import { describe, expect, it } from "vitest";
import type { CheckResult } from "../../../contract/checks";
import { mistakeMade, type TypedCommand } from "./mistakes";
import type { Step } from "./model";
import { parseLesson } from "./parse-lesson";

const FENCE = "```";

/** A step whose text runs `right` and that has these mistakes: code, block's words and what is in it, and `when`. */
function stepWith(
  right: readonly string[],
  mistakes: readonly { code: string; block: string; words?: string; when?: string; title: string }[],
): { step: Step; diagnostics: string[] } {
  const blocks = right.map((command) => `${FENCE}sh run\n${command}\n${FENCE}\n`).join("\n");
  const parts = mistakes.map(({ code, block, words = "sh", when, title }) => {
    const condition = when === undefined ? "" : `\n${FENCE}yaml when\ntyped: '${when}'\n${FENCE}\n`;
    return `### Common mistake: ${title}\n\n${title}.\n\n${FENCE}${words} expect=${code}\n${block}\n${FENCE}\n${condition}`;
  });
  const text = `---
title: t
summary: s
language: en
variables:
  - { id: name, label: n, default: web, pattern: "[a-z]+" }
---
## One

${blocks}
${parts.join("\n")}
### What you just proved

It.

${FENCE}yaml step
id: one
checks:
  - container: "{{name}}"
    ports: ["80:80"]
ask:
  - { id: arch, label: a, text: "386" }
${FENCE}
`;
  const { lesson, diagnostics } = parseLesson({ id: "l", file: "l", text, language: "en" });
  const step = lesson?.steps[0];
  if (step === undefined) throw new Error(JSON.stringify(diagnostics));
  return { step, diagnostics: diagnostics.map(({ message }) => message) };
}

const notYet = (code: string, found?: string): CheckResult => {
  const [kind = "", field = ""] = code.split(".");
  return {
    state: "not-yet",
    hint: { code, kind, field, subject: "", ...(found === undefined ? {} : { found }) },
  };
};
const ended = (text: string): TypedCommand => ({ text, ended: true });
const running = (text: string): TypedCommand => ({ text, ended: false });
const VALUES = { name: "web" };
const words = (step: Step, result: CheckResult, commands: TypedCommand[], answers = {}): string => {
  const mistake = mistakeMade(step, result, { commands, answers }, VALUES);
  return JSON.stringify(mistake?.body[0] ?? "none");
};

describe("mistakeMade", () => {
  const { step, diagnostics } = stepWith(
    ["docker run -d -p 80:80 --name {{name}} nginx"],
    [
      { code: "container.ports", block: "docker run -d --name {{name}} nginx", title: "no port" },
      {
        code: "container.ports",
        block: "docker run -d -p 80:8080 --name {{name}} nginx",
        title: "wrong way",
      },
      { code: "container.missing", block: "docker run {{name}}", title: "no options" },
    ],
  );

  it("has nothing to say before anything was done", () => {
    expect(diagnostics).toEqual([]);
    expect(words(step, notYet("container.missing"), [])).toContain("none");
    expect(words(step, notYet("container.ports"), [])).toContain("none");
  });

  it("has nothing to say on the right way, whatever does not hold yet", () => {
    const right = [ended("docker run -d -p 80:80 --name web nginx")];
    for (const code of ["container.missing", "container.ports"]) {
      expect(words(step, notYet(code), right)).toContain("none");
    }
  });

  it("tells apart two mistakes with one code by what was typed", () => {
    const forgot = ended("docker run -d  --name web nginx");
    const swapped = ended("docker run -d -p 80:8080 --name web nginx");
    expect(words(step, notYet("container.ports"), [forgot])).toContain("no port");
    expect(words(step, notYet("container.ports"), [swapped])).toContain("wrong way");
    expect(words(step, notYet("container.ports"), [forgot, swapped])).toContain("wrong way");
    expect(words(step, notYet("container.ports"), [swapped, forgot])).toContain("no port");
  });

  it("counts what leaves nothing behind only when its command has ended", () => {
    expect(words(step, notYet("container.missing"), [running("docker run web")])).toContain("none");
    expect(words(step, notYet("container.missing"), [ended("docker run web")])).toContain("no options");
  });

  it("waits for what is only starting, and has nothing to say about what passes or is broken", () => {
    const typed = [ended("docker run -d --name web nginx")];
    expect(words(step, notYet("container.ports", "starting"), typed)).toContain("none");
    expect(words(step, { state: "pass" }, typed)).toContain("none");
    expect(words(step, { state: "broken", reason: "engine" }, typed)).toContain("none");
  });

  it("finds a command in a paste of several lines, with the shell's continuation prompts", () => {
    const paste = ended("cd /root\n> docker run -d --name web nginx");
    expect(words(step, notYet("container.ports"), [paste])).toContain("no port");
  });

  it("takes an answer for a mistake only when it is the mistake's own", () => {
    const asked = stepWith(
      ["uname -m"],
      [{ code: "arch.wrong", words: "text answer=arch", block: "amd64", title: "your own computer" }],
    );
    expect(words(asked.step, notYet("arch.wrong"), [], { arch: " AMD64 " })).toContain("your own computer");
    expect(words(asked.step, notYet("arch.wrong"), [], { arch: "arm" })).toContain("none");
  });

  it("tells something that was left out by all that was typed last", () => {
    const order = stepWith(
      ["docker network create shop", "docker run -d --name db busybox", "docker run --rm busybox ping db"],
      [
        {
          code: "container.missing",
          block: "docker run -d --name db busybox\ndocker run --rm busybox ping db",
          title: "left out",
        },
      ],
    );
    const network = ended("docker network create shop");
    const db = ended("docker run -d --name db busybox");
    const ping = ended("docker run --rm busybox ping db");
    expect(order.diagnostics).toEqual([]);
    expect(words(order.step, notYet("container.missing"), [network, db])).toContain("none");
    expect(words(order.step, notYet("container.missing"), [db, ping])).toContain("left out");
  });

  it("goes by the author's own condition where there is one", () => {
    const own = stepWith(
      ["docker pull nginx"],
      [
        {
          code: "container.missing",
          block: "docker pull --name web nginx",
          when: "pull .*--name {{name}}",
          title: "a name",
        },
      ],
    );
    expect(own.diagnostics).toEqual([]);
    expect(
      words(own.step, notYet("container.missing"), [ended("sudo docker pull -q --name web nginx")]),
    ).toContain("a name");
    expect(words(own.step, notYet("container.missing"), [ended("docker pull nginx")])).toContain("none");
  });
});

describe("the linter", () => {
  it("refuses two mistakes that are told by the same", () => {
    const { diagnostics } = stepWith(
      ["docker run a"],
      [
        { code: "container.ports", block: "docker run b", title: "one" },
        { code: "container.ports", block: "docker run b", title: "two" },
      ],
    );
    expect(diagnostics).toEqual([expect.stringContaining("one of them is never shown")]);
  });

  it("refuses a mistake that nothing tells", () => {
    const { diagnostics } = stepWith(
      [],
      [{ code: "container.ports", words: "keys", block: "Ctrl-C", title: "one" }],
    );
    expect(diagnostics.join()).toContain("nothing tells that the mistake");
  });

  it("refuses a condition that is none", () => {
    const { diagnostics } = stepWith(
      ["docker run a"],
      [{ code: "container.ports", block: "docker run b", when: "(", title: "one" }],
    );
    expect(diagnostics.join()).toContain("not a regular expression");
  });
});
