import { describe, expect, it } from "vitest";
import { compileCourse } from "../../web/course/format/compile-course";
import { cover } from "./coverage";
import { parseTable } from "../accept/table";
import { readCourse } from "./course-folder";

const TABLE = "# words\nid\tnote\tcommand\tmust show\nps\t003\tdocker ps\tNAMES\nnowhere\t001\tdocker x\ty\n";

describe("lessons:coverage", () => {
  it("puts each row beside the steps that teach it, and shows gaps", async () => {
    const { lessons, diagnostics } = compileCourse({ ...(await readCourse()), rows: undefined });
    expect(diagnostics).toEqual([]);
    const [ps, nowhere] = cover(parseTable(TABLE), lessons);
    expect(ps?.taughtBy.length).toBeGreaterThan(0);
    for (const place of ps?.taughtBy ?? []) expect(place).toMatch(/^[a-z0-9-]+\/[a-z0-9-]+$/);
    expect(nowhere?.taughtBy).toEqual([]);
  });
});
