import { describe, expect, it } from "vitest";
import { outsideAddress } from "./outside-address";
import { fetchLesson, MAX_LESSON_BYTES } from "./outside-lesson";

const PAGE = "https://drydock.example/app/";
const LESSON = `---
title: Elsewhere
summary: From another site.
language: en
start:
  after: 01-hello/run
  files:
    - { path: /root/a, from: a.txt }
    - { path: /root/b, text: b }
---

## One

<script>alert(1)</script>

\`\`\`sh run
touch /root/x
\`\`\`

### What you just proved

It.

\`\`\`yaml step
id: one
checks:
  - file: /root/x
\`\`\`
`;

const answer =
  (body: string, status = 200): typeof fetch =>
  () =>
    Promise.resolve(new Response(body, { status }));
const url = new URL("https://blog.example/lesson.md?v=1");

describe("outsideAddress", () => {
  it.each([
    ["?lesson=https://blog.example/a.md", "https://blog.example/a.md"],
    ["?lesson=lessons/a.md", "https://drydock.example/app/lessons/a.md"],
    ["?lesson=http://blog.example/a.md", undefined],
    ["?lesson=javascript:alert(1)", undefined],
    ["?lesson=data:text/plain,x", undefined],
    ["?lesson=https://", undefined],
    ["", undefined],
  ])("of %j is %j", (search, expected) => {
    expect(outsideAddress(search, PAGE)?.href).toBe(expected);
  });

  it("takes plain HTTP of the page's own place, where lessons are written", () => {
    const page = "http://127.0.0.1:5173/";
    expect(outsideAddress("?lesson=/my.md", page)?.href).toBe("http://127.0.0.1:5173/my.md");
  });
});

describe("fetchLesson", () => {
  it("reads a lesson, and says what is wrong in it", async () => {
    const { lesson, diagnostics } = await fetchLesson(url, "zh-CN", answer(LESSON));
    expect(lesson).toMatchObject({
      id: "https://blog.example/lesson.md",
      title: "Elsewhere",
      language: "en",
    });
    expect(diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining("HTML is not shown")]);
  });

  it("takes no files and no starting point of a course's", async () => {
    const { lesson } = await fetchLesson(url, "en", answer(LESSON));
    expect(lesson.start).toEqual({ files: [{ path: "/root/b", text: "b" }] });
  });

  it("asks without cookies and without saying where the reader is", async () => {
    let asked: RequestInit | undefined;
    await fetchLesson(url, "en", (_url, options) => {
      asked = options;
      return Promise.resolve(new Response(LESSON));
    });
    expect(asked).toMatchObject({ credentials: "omit", referrerPolicy: "no-referrer" });
  });

  it.each([
    ["a missing file", answer("", 404), "network"],
    ["no network", () => Promise.reject(new TypeError("failed")), "network"],
    ["no lesson", answer("<html>"), "bad-request"],
    ["nothing", answer(""), "bad-request"],
    ["too much", answer("x".repeat(MAX_LESSON_BYTES + 1)), "bad-request"],
  ] as const)("refuses %s", async (_name, fetchText, code) => {
    await expect(fetchLesson(url, "en", fetchText)).rejects.toMatchObject({ code });
  });
});
