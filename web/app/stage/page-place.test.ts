import { describe, expect, it, vi } from "vitest";
import { MAX_PLACE_CHARS, pagePartSchema } from "../../../contract/sessions";
import type { CoursePlace } from "../../course";
import type { TerminalSessions } from "../../terminal";
import { describePlace, pageDoor, readPlace, type PageParts } from "./page-place";

const COURSE: CoursePlace = {
  open: true,
  view: "lesson",
  at: { lesson: "01", step: "run", lessonTitle: "你好", stepTitle: "运行" },
  values: {},
  answers: {},
  hints: 0,
  solution: false,
  atStep: true,
};
const PREVIEW = { isOpen: true, front: "preview", address: "http://localhost/" } as const;

function setUp(course: CoursePlace | undefined = COURSE): PageParts & { readonly settle: () => void } {
  const settle = vi.fn();
  const terminals = {
    keep: () =>
      Promise.resolve({
        tabs: { open: [0, 2], active: 2 },
        terminals: [{ console: 2, screen: "你好", columns: 80, rows: 24, atPrompt: true }],
        text: "你好",
      }),
    settle,
  } as unknown as TerminalSessions;
  return {
    terminals: () => terminals,
    course: { place: course, resume: vi.fn() },
    preview: { place: PREVIEW, resume: vi.fn() },
    settle,
  };
}

describe("the page's part of a save", () => {
  it("is what the contract asks for, and comes back as it was", async () => {
    const parts = setUp();
    const door = pageDoor(parts);
    const part = pagePartSchema.parse(await door.keep());
    expect(part).toMatchObject({ terminals: [{ console: 2, screen: "你好" }], text: "你好" });
    expect(readPlace(part.place)).toMatchObject({
      terminals: { tabs: { open: [0, 2], active: 2 }, frames: [{ console: 2, columns: 80, bytes: 6 }] },
      course: COURSE,
      preview: PREVIEW,
    });
    expect(describePlace(part.place)).toEqual({ lesson: "你好", step: "运行" });
    door.resume(part.place);
    expect(parts.course.resume).toHaveBeenCalledWith(COURSE);
    expect(parts.preview.resume).toHaveBeenCalledWith(PREVIEW);
  });

  it("is none before there are terminals", async () => {
    const door = pageDoor({ ...setUp(), terminals: () => undefined });
    expect(await door.keep()).toBeUndefined();
    door.settle();
  });

  it("leaves answers out that are longer than all the rest may be", async () => {
    const door = pageDoor(setUp({ ...COURSE, answers: { essay: "x".repeat(MAX_PLACE_CHARS) } }));
    const part = pagePartSchema.parse(await door.keep());
    expect(readPlace(part.place)?.course).toMatchObject({ at: COURSE.at, answers: {} });
  });

  it.each([undefined, "", "{", "null", "[]", '{"version":2}', '{"version":1}', "\u0000"])(
    "is left out where it makes no sense: %j",
    (text) => {
      const parts = setUp();
      expect(readPlace(text)).toBeUndefined();
      expect(describePlace(text)).toBeUndefined();
      pageDoor(parts).resume(text);
      expect(parts.course.resume).not.toHaveBeenCalled();
    },
  );

  it("costs only the field that makes no sense", () => {
    const place = readPlace(JSON.stringify({ version: 1, terminals: {}, course: "x", preview: 7 }));
    expect(place).toEqual({
      version: 1,
      terminals: { tabs: { open: [0], active: 0 }, frames: [] },
      course: undefined,
      preview: undefined,
    });
  });
});
