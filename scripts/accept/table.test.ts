import { describe, expect, it } from "vitest";
import { CASES } from "./cases";
import { parseTable, readTables } from "./table";

const HEADER = "id\tnote\tcommand\tmust show\n";

describe("the tables and the cases", () => {
  it("every row has one case, and every case a row", () => {
    const rows = readTables().map(({ id }) => id);
    expect(CASES.map(({ id }) => id).sort()).toEqual([...rows].sort());
  });

  it("the subset has a row of each note, and of bad input", () => {
    const notes = new Set(readTables().map(({ note }) => note));
    const subset = new Set(CASES.filter((each) => each.subset).map(({ id }) => id));
    const covered = new Set(
      readTables()
        .filter(({ id }) => subset.has(id))
        .map(({ note }) => note),
    );
    expect([...covered].sort()).toEqual([...notes].sort());
  });

  it("every case checks something that is seen", () => {
    for (const { id, steps } of CASES) {
      const checks = steps.filter(
        (step) => step.kind === "state" || (step.kind !== "write" && step.sees.length > 0),
      );
      expect(checks.length, id).toBeGreaterThan(0);
    }
  });
});

describe("parseTable", () => {
  it("reads rows and leaves comments out", () => {
    expect(parseTable(`# a comment\n${HEADER}ps\t003\tdocker ps\ta table\n`)).toEqual([
      { id: "ps", note: "003", command: "docker ps", mustShow: "a table" },
    ]);
  });

  it.each([
    ["another header", "id\tcommand\n", /header/],
    ["nothing", "", /header/],
    ["too few columns", `${HEADER}ps\t003\tdocker ps\n`, /line 2: four columns/],
    ["too many columns", `${HEADER}ps\t003\tdocker ps\tx\ty\n`, /line 2: four columns/],
    ["a bad id", `${HEADER}P S\t003\tdocker ps\tx\n`, /not an id: "P S"/],
    ["an id twice", `${HEADER}ps\t1\tx\ty\nps\t1\tx\ty\n`, /line 3: "ps" is there twice/],
  ])("refuses %s", (_, text, message) => {
    expect(() => parseTable(text)).toThrow(message);
  });
});
