import { describe, expect, it } from "vitest";
import type { GuestHead } from "../../../contract/guest-request";
import { decoderFor, documentType, sniffCharset } from "./document-kind";

const head = (fields: Record<string, string>, status = 200): GuestHead => ({
  status,
  reason: "",
  headers: Object.entries(fields),
  url: "http://localhost:8080/files/r%C3%A9sum%C3%A9.tar?x",
  redirected: false,
  cookie: "",
});

describe("a document", () => {
  it.each([
    ["text/html; charset=GBK", "html", "gbk"],
    ["application/xhtml+xml", "html", undefined],
    ["", "html", undefined],
    ["text/plain", "text", undefined],
    ['application/json; charset="utf-8"', "text", "utf-8"],
    ["application/vnd.api+json", "text", undefined],
    ["image/svg+xml", "image", undefined],
    ["video/mp4", "video", undefined],
    ["application/pdf", "download", undefined],
    ["application/octet-stream", "download", undefined],
    ["nonsense", "download", undefined],
  ])("of type %j is %s", (type, kind, charset) => {
    expect(documentType(head(type === "" ? {} : { "Content-Type": type }))).toMatchObject({ kind, charset });
  });

  it("is a file when the server says so, by a name without a path", () => {
    const name = (disposition: string): string =>
      documentType(head({ "Content-Type": "text/html", "content-disposition": disposition })).name;
    expect(documentType(head({ "Content-Disposition": "attachment" })).kind).toBe("download");
    expect(name("attachment")).toBe("résumé.tar");
    expect(name('attachment; filename="../../etc/pass\\"wd"')).toBe('pass"wd');
    expect(name("attachment; filename=a.txt")).toBe("a.txt");
    expect(name("attachment; filename=x; filename*=UTF-8''%E8%88%B9.txt")).toBe("船.txt");
    expect(name("attachment; filename*=UTF-8''%E8%8")).toBe("résumé.tar");
    expect(name('attachment; filename="/"')).toBe("download");
  });

  it("without content is none", () => {
    expect(documentType(head({}, 204)).kind).toBe("none");
  });

  it("names its charset within its beginning", () => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    expect(sniffCharset(bytes("<html><meta charset=gb18030>"))).toBe("gb18030");
    expect(sniffCharset(bytes('<meta http-equiv=x content="text/html; charset=big5">'))).toBe("big5");
    expect(sniffCharset(Uint8Array.of(0xff, 0xfe, 0, 0))).toBe("utf-16le");
    expect(sniffCharset(bytes(`${" ".repeat(2000)}<meta charset=gbk>`))).toBe("utf-8");
    expect(decoderFor("no-such-thing").encoding).toBe("utf-8");
    expect(decoderFor("GBK").encoding).toBe("gbk");
  });
});
