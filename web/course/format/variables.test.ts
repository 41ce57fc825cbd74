import { describe, expect, it } from "vitest";
import { acceptsValue, fillData, fillText, placeholders, resolveValues } from "./variables";

const port = { id: "port", label: "Port", default: "8080", pattern: "[1-9][0-9]{3}" };

describe("variables", () => {
  it("are filled in, and Docker's templates left alone", () => {
    const text = "curl :{{port}} {{.Names}} {{json .}} {{range .X}}{{end}} {{unknown}} {{toString}}";
    expect(fillText(text, { port: "9000" })).toBe(text.replace("{{port}}", "9000"));
  });

  it("are filled into keys and values of data", () => {
    expect(
      fillData({ env: { "{{port}}": "{{port}}" }, exit: 0, list: ["{{port}}", true, null] }, { port: "1" }),
    ).toEqual({
      env: { "1": "1" },
      exit: 0,
      list: ["1", true, null],
    });
  });

  it("are found with their lines", () => {
    expect(placeholders("a {{port}}\n{{.X}} {{end}}\n{{user}}{{port}}")).toEqual([
      { name: "port", line: 0 },
      { name: "user", line: 2 },
      { name: "port", line: 2 },
    ]);
  });

  it.each(["808", "80800", "8080\n", "8080; rm -rf /", "", "８０８０"])("refuse the value %j", (value) => {
    expect(acceptsValue(port, value)).toBe(false);
    expect(resolveValues([port], { port: value })).toEqual({ port: "8080" });
  });

  it("take the learner's value when it is sound", () => {
    expect(resolveValues([port], { port: "9000", other: "x" })).toEqual({ port: "9000" });
  });

  it("refuse a line break even where the pattern would take it", () => {
    expect(acceptsValue({ ...port, pattern: "[^x]*" }, "a\nb")).toBe(false);
  });
});
