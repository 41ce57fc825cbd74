import { describe, expect, it } from "vitest";
import { firstCandidate, isHere, markMarkup } from "./markup";

describe("markup", () => {
  it.each([
    ['<img src="/a.png">', '<img data-drydock-src="/a.png">'],
    ["<IMG alt=x SRC=/a.png>", "<IMG alt=x data-drydock-src=/a.png>"],
    ["<img src='a>b.png' title='src=\"no\"'/>", "<img data-drydock-src='a>b.png' title='src=\"no\"'/>"],
    [
      '<img srcset="a.png 1x, b.png 2x" src = "c.png">',
      '<img data-drydock-srcset="a.png 1x, b.png 2x" data-drydock-src = "c.png">',
    ],
    ['<script src="/x.js"></script>', '<script data-drydock-src="/x.js"></script>'],
    ['<link rel="stylesheet" href="s.css">', '<link rel="stylesheet" data-drydock-href="s.css">'],
    ['<svg><image xlink:href="i.png"/></svg>', '<svg><image data-drydock-xlink-href="i.png"/></svg>'],
    [
      '<p><img src="1"><b>x</b><img src="2">',
      '<p><img data-drydock-src="1"><b>x</b><img data-drydock-src="2">',
    ],
    ["<object data='x.swf'>", "<object data-drydock-data='x.swf'>"],
  ])("that would load is marked: %s", (html, expected) => {
    expect(markMarkup(html)).toBe(expected);
  });

  it.each([
    "",
    "text < more > src=x",
    '<a href="/x">link</a>',
    '<img src="data:image/gif;base64,AA"><img src=\'blob:null/1\'><img src="">',
    '<img data-src="/lazy.png">',
    "<script>if (a < b && c > d) img.src = '/x'</script>",
    '<div src="/x">',
    "<img",
  ])("that loads nothing is left alone: %s", (html) => {
    expect(markMarkup(html)).toBe(html);
  });

  it("knows what is here, and a set's first candidate", () => {
    expect([" ", "#a", "DATA:x", "blob:x", "javascript:void 0"].every(isHere)).toBe(true);
    expect(["/x", "x.png", "http://localhost/"].some(isHere)).toBe(false);
    expect(firstCandidate(" a.png 1x, b.png 2x")).toBe("a.png");
    expect(firstCandidate("a,b.png, c.png 2x")).toBe("a,b.png");
    expect(firstCandidate("")).toBe("");
  });

  it("takes no long for odd input", () => {
    const odd = `<img ${'"'.repeat(30_000)}${"<a ".repeat(10_000)}${"src=".repeat(10_000)}`;
    expect(markMarkup(odd)).toBe(odd);
  });
});
