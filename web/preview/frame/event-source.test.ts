import { describe, expect, it } from "vitest";
import { EventStreamParser } from "./event-source";

describe("an event stream", () => {
  it.each([
    ["data: one\n\n", [{ type: "message", data: "one", id: "" }]],
    ["data:one\ndata: two\r\nid: 7\r\nevent: add\r\r", []],
    [": comment\nretry: 500\n\n", []],
    [
      "data\n\ndata: \n\n",
      [
        { type: "message", data: "", id: "" },
        { type: "message", data: "", id: "" },
      ],
    ],
    ["data: unfinished\n", []],
  ])("%j", (text, events) => {
    expect(new EventStreamParser().push(text)).toEqual(events);
  });

  it("is the same wherever it is cut", () => {
    const text = "id: 1\r\ndata: a\r\ndata: b\r\n\r\nevent: x\ndata: c\n\n";
    const whole = new EventStreamParser().push(text);
    expect(whole).toEqual([
      { type: "message", data: "a\nb", id: "1" },
      { type: "x", data: "c", id: "1" },
    ]);
    for (let at = 0; at <= text.length; at++) {
      const parser = new EventStreamParser();
      expect([...parser.push(text.slice(0, at)), ...parser.push(text.slice(at))]).toEqual(whole);
    }
  });

  it("says how long to wait", () => {
    const parser = new EventStreamParser();
    parser.push("retry: 10\nretry: soon\nid: a\0b\n");
    expect(parser).toMatchObject({ retry: 10, lastId: "" });
  });
});
