import { describe, expect, it } from "vitest";
import { editDistance, formatDiagnostic, nearest } from "./diagnostics";

describe("nearest", () => {
  it("finds what was probably meant", () => {
    expect(nearest("contianer", ["image", "container", "network"])).toBe("container");
    expect(nearest("RUN", ["run", "output"])).toBe("run");
  });

  it("keeps silent when nothing is near", () => {
    expect(nearest("zebra", ["image", "container"])).toBeUndefined();
    expect(nearest("x", [])).toBeUndefined();
  });

  it("counts swaps, insertions, deletions and replacements as one edit", () => {
    expect(editDistance("ab", "ba")).toBe(1);
    expect(editDistance("abc", "abcd")).toBe(1);
    expect(editDistance("abcd", "abc")).toBe(1);
    expect(editDistance("abc", "axc")).toBe(1);
    expect(editDistance("", "abc")).toBe(3);
    expect(editDistance("容器", "容器")).toBe(0);
  });
});

describe("formatDiagnostic", () => {
  it("is a line that editors make a link of", () => {
    expect(formatDiagnostic({ file: "a.md", line: 3, message: "no", suggestion: "yes" })).toBe(
      'a.md:3: no (did you mean "yes"?)',
    );
    expect(formatDiagnostic({ file: "a.md", line: 3, message: "no" })).toBe("a.md:3: no");
  });
});
