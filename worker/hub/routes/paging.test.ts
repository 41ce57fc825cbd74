import { describe, expect, it } from "vitest";
import { RegistryError } from "../errors";
import { paginate } from "./paging";

const TAGS = ["1.0", "1.1", "2.0", "latest"];
const page = (query: string) => paginate(TAGS, new URL(`http://r/v2/a/tags/list${query}`));

describe("paging", () => {
  it("gives everything without n", () => {
    expect(page("")).toEqual({ items: TAGS, headers: {} });
  });

  it("links to the next page until there is none", () => {
    const seen: string[] = [];
    let query = "?n=3";
    for (let pages = 0; query !== ""; pages += 1) {
      expect(pages).toBeLessThan(3);
      const { items, headers } = page(query);
      seen.push(...items);
      const link = headers["link"];
      if (link !== undefined) expect(link).toMatch(/^<\/v2\/a\/tags\/list\?.*>; rel="next"$/);
      query = link === undefined ? "" : link.slice(link.indexOf("?"), link.indexOf(">"));
    }
    expect(seen).toEqual(TAGS);
  });

  it("has no link when the page is exactly the rest", () => {
    expect(page("?n=4").headers).toEqual({});
    expect(page("?n=2&last=1.1")).toEqual({ items: ["2.0", "latest"], headers: {} });
  });

  it("gives an empty list without a link for n=0", () => {
    expect(page("?n=0")).toEqual({ items: [], headers: {} });
  });

  it("starts behind last, whether that is there or not", () => {
    expect(page("?last=1.5").items).toEqual(["2.0", "latest"]);
    expect(page("?last=zzz").items).toEqual([]);
  });

  it("escapes what the link repeats", () => {
    const { headers } = paginate(["a&b", "c"], new URL("http://r/x?n=1"));
    expect(headers["link"]).toBe('</x?n=1&last=a%26b>; rel="next"');
  });

  it.each(["1000000000", "2147483647", "9".repeat(400)])("takes n=%s, which is more than there is", (n) => {
    expect(page(`?n=${n}`)).toEqual({ items: TAGS, headers: {} });
  });

  it.each(["-1", "x", "1.5", "1e3", ""])("refuses n=%s", (n) => {
    expect(() => page(`?n=${n}`)).toThrow(RegistryError);
  });
});
