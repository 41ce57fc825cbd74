import { describe, expect, it } from "vitest";
import { classNamer } from "./class-names";

describe("a class name", () => {
  const name = classNamer("/site/web");

  it("is short, begins with a letter, and is a class's alone", () => {
    const names = Array.from({ length: 200 }, (_, index) =>
      name(`part${index}`, "/site/web/ui/Button.module.css"),
    );
    for (const short of names) expect(short).toMatch(/^[a-z][\w-]{3}$/u);
    expect(new Set(names).size).toBe(names.length);
    expect(name("part0", "/site/web/ui/Card.module.css")).not.toBe(names[0]);
  });

  it("is the same wherever the sources lie, and however the file was asked for", () => {
    const there = classNamer("/elsewhere/web");
    expect(there("box", "/elsewhere/web/ui/Card.module.css?used")).toBe(
      name("box", "/site/web/ui/Card.module.css"),
    );
  });

  it("is refused where two classes would share it", () => {
    const crowded = classNamer("/");
    expect(() => {
      for (let index = 0; index < 100_000; index++) crowded(`c${index}`, "/a.css");
    }).toThrow("have the same short name");
  });
});
