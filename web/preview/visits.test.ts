import { describe, expect, it } from "vitest";
import { enter, NO_VISITS, presentVisit, step, visit, type Visit, type Visits } from "./visits";

const to = (path: string, document: number): Visit => {
  const url = `http://localhost${path}`;
  return {
    url,
    document,
    entry: 0,
    request: { method: "POST", url, headers: [], body: Uint8Array.of(1), redirect: "follow" },
  };
};
const paths = ({ all }: Visits): string[] => all.map(({ url }) => new URL(url).pathname);

describe("visits", () => {
  it("are added after the present one, and replaced", () => {
    let visits = visit(visit(visit(NO_VISITS, to("/1", 1), false), to("/2", 2), false), to("/3", 3), false);
    expect(paths(visits)).toEqual(["/1", "/2", "/3"]);
    visits = visit({ ...visits, at: 0 }, to("/4", 4), false);
    expect(paths(visits)).toEqual(["/1", "/4"]);
    visits = visit(visits, to("/5", 5), true);
    expect(paths(visits)).toEqual(["/1", "/5"]);
    expect(presentVisit(visits)?.document).toBe(5);
    expect(paths(visit(NO_VISITS, to("/1", 1), true))).toEqual(["/1"]);
  });

  it("of one document have entries, which are asked for by GET when the document is gone", () => {
    let visits = visit(NO_VISITS, to("/form", 1), false);
    visits = enter(visits, "http://localhost/done", true);
    visits = enter(visits, "http://localhost/done#x", false);
    expect(visits.all.map(({ entry, document }) => [entry, document])).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(presentVisit(visits)?.request).toMatchObject({
      method: "GET",
      body: undefined,
      url: "http://localhost/done#x",
    });
    expect(enter(NO_VISITS, "http://localhost/", true)).toBe(NO_VISITS);
  });

  it("go as far as there are any, and are not kept for ever", () => {
    let visits = NO_VISITS;
    for (let n = 0; n < 300; n++) visits = visit(visits, to(`/${n}`, n), false);
    expect(visits.all).toHaveLength(100);
    expect([step(visits, -1), step(visits, -500), step(visits, 5)]).toEqual([98, 0, 99]);
  });
});
