import { describe, expect, it } from "vitest";
import { CookieJar } from "./cookie-jar";

const at = (path: string): URL => new URL(`http://localhost:8080${path}`);

/** A jar that the page at `/` has set these in. */
function jarOf(...cookies: string[]): CookieJar {
  const jar = new CookieJar();
  for (const cookie of cookies) jar.set(at("/"), cookie);
  return jar;
}

describe("the cookie jar", () => {
  it("gives back what was set, longer paths first, to the paths below", () => {
    const jar = new CookieJar();
    jar.set(at("/a/page"), "here=1");
    jar.set(at("/a/page"), "all=2; Path=/");
    jar.set(at("/"), "deep=3; Path=/a/b; Secure; SameSite=Strict");
    expect(jar.get(at("/a/b/c"))).toBe("deep=3; here=1; all=2");
    expect(jar.get(at("/a"))).toBe("here=1; all=2");
    expect(jar.get(at("/ab"))).toBe("all=2");
    expect(jar.get(new URL("http://127.0.0.1/a"))).toBe("");
  });

  it("replaces, expires and removes", () => {
    let now = 1_000_000;
    const jar = new CookieJar(() => now);
    jar.set(at("/"), "a=1; Max-Age=10");
    jar.set(at("/"), "a=2; Max-Age=10");
    jar.set(at("/"), `b=3; Expires=${new Date(now + 5000).toUTCString()}`);
    expect(jar.get(at("/"))).toBe("a=2; b=3");
    now += 6000;
    expect(jar.get(at("/"))).toBe("a=2");
    now += 6000;
    expect(jar.get(at("/"))).toBe("");
    jar.set(at("/"), "c=4");
    jar.set(at("/"), "c=; Max-Age=0");
    expect(jar.get(at("/"))).toBe("");
  });

  it("leaves a cookie that is replaced in its place", () => {
    const jar = jarOf("a=1", "b=2", "a=3");
    expect(jar.get(at("/"))).toBe("a=3; b=2");
  });

  it("keeps HttpOnly from scripts, both ways", () => {
    const jar = new CookieJar();
    jar.set(at("/"), "id=secret; HttpOnly");
    jar.set(at("/"), "id=mine", { script: true });
    jar.set(at("/"), "forged=1; httponly", { script: true });
    expect(jar.get(at("/"))).toBe("id=secret");
    expect(jar.get(at("/"), { script: true })).toBe("");
  });

  it.each(["", ";", "=", "a=\u0000", "a=1\r\nb=2", "x=1; Domain=example.test", `big=${"x".repeat(5000)}`])(
    "passes over %j",
    (text) => {
      expect(jarOf(text).get(at("/"))).toBe("");
    },
  );

  it.each([
    ["bare", "bare"],
    ["=bare", "bare"],
    ["a=b=c", "a=b=c"],
    [" spaced = v ; Path", "spaced=v"],
    ["d=1; Domain=.LOCALHOST", "d=1"],
    ["d=1; Domain=", "d=1"],
    ["e=1; Expires=never; Max-Age=soon; Path=relative", "e=1"],
  ])("takes %j as %j", (text, cookie) => {
    expect(jarOf(text).get(at("/"))).toBe(cookie);
  });

  it("holds so many of a host, and then forgets the oldest", () => {
    const cookies = Array.from({ length: 1000 }, (_, n) => `c${n}=x`);
    const names = jarOf(...cookies)
      .get(at("/"))
      .split("; ");
    expect(names).toHaveLength(180);
    expect(names.at(-1)).toBe("c999=x");
  });
});
