import { describe, expect, it } from "vitest";
import { classifyLink } from "./link-kind";

describe("classifyLink", () => {
  it.each(["https://docs.docker.com/", "http://8.8.8.8/x", "https://172.32.0.1/", "http://[2001:db8::1]/"])(
    "opens %s",
    (link) => expect(classifyLink(link)).toBe("external"),
  );

  it.each([
    "http://localhost:8080",
    "http://app.localhost/",
    "http://127.0.0.1:8080/",
    "http://0.0.0.0:80",
    "http://172.17.0.2/",
    "http://10.0.2.15",
    "http://192.168.1.1",
    "http://169.254.1.1",
    "http://[::1]:80/",
    "http://[fe80::1]/",
    "http://registry.drydock.local:5000/v2/",
    "http://web:8080/",
  ])("knows that %s is inside the machine", (link) => expect(classifyLink(link)).toBe("guest"));

  it.each([
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "ssh://host.example",
    "not a link",
    "",
  ])("refuses %j", (link) => expect(classifyLink(link)).toBe("refused"));
});
