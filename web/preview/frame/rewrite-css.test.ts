import { describe, expect, it } from "vitest";
import { hasAddresses, rewriteCss, type CssAddress } from "./rewrite-css";

async function rewrite(css: string): Promise<{ css: string; found: CssAddress[] }> {
  const found: CssAddress[] = [];
  const out = await rewriteCss(css, (address) => {
    found.push(address);
    return Promise.resolve(address.text.includes("keep") ? undefined : `blob:${address.text}`);
  });
  return { css: out, found };
}

describe("the addresses of a style sheet", () => {
  it.each([
    ["a { background: url(/x.png) }", 'a { background: url("blob:/x.png") }'],
    [
      "a { background: url( 'x y.png' ) no-repeat, url(\"b.png\") }",
      'a { background: url("blob:x y.png") no-repeat, url("blob:b.png") }',
    ],
    ["a{src:URL(f.woff2)format('woff2')}", "a{src:url(\"blob:f.woff2\")format('woff2')}"],
    ["a { background: url(\\28 a\\29.png) }", 'a { background: url("blob:(a).png") }'],
    ["a { background: url(keep.png) }", "a { background: url(keep.png) }"],
  ])("%s", async (css, expected) => {
    expect(await rewrite(css)).toEqual({
      css: expected,
      found: [expect.objectContaining({ isSheet: false }), expect.anything()].slice(
        0,
        expected.split("url(").length - 1,
      ),
    });
  });

  it.each([
    ['@import "a.css";', '@import "blob:a.css";'],
    ["@import url(a.css) screen;", '@import url("blob:a.css") screen;'],
    ["@IMPORT 'a.css' layer(x);", '@IMPORT "blob:a.css" layer(x);'],
  ])("knows other sheets: %s", async (css, expected) => {
    expect(await rewrite(css)).toEqual({ css: expected, found: [{ text: "a.css", isSheet: true }] });
  });

  it.each([
    "/* url(no.png) @import 'no.css' */ a { color: red }",
    "a::before { content: 'url(no.png)' }",
    'a::before { content: "@import \\"no.css\\"" }',
    "a { fill: url(#gradient); cursor: url(data:image/png;base64,AA==), auto; mask: url() }",
    "a { background: url(no.png",
    "",
  ])("leaves alone what is none: %s", async (css) => {
    expect(await rewrite(css)).toEqual({ css, found: [] });
  });

  it("are looked for only where there are any", () => {
    expect(hasAddresses("a { color: red }")).toBe(false);
    expect(hasAddresses("a { background: URL(x) }")).toBe(true);
  });

  it("takes no long for odd input", async () => {
    const odd = `${"url(".repeat(20_000)}${'"\\'.repeat(20_000)}${"/*".repeat(20_000)}`;
    expect((await rewrite(odd)).css).toBe(odd);
  });
});
