import { expect, it } from "vitest";
import { describeMissingTools, findMissingTools } from "./host-tools";

const absent = { probe: "drydock-no-such-tool", package: "one" };
const absentFile = { probe: "/nowhere/at/all.h", package: "two" };

it("finds programs in PATH and files by their path", async () => {
  const there = [
    { probe: "sh", package: "dash" },
    { probe: "/etc/passwd", package: "base-passwd" },
  ];
  expect(await findMissingTools([...there, absent, absentFile])).toEqual([absent, absentFile]);
});

it("names everything that is missing in one message, each package once", () => {
  const message = describeMissingTools([absent, absentFile, { probe: "other", package: "one" }]);
  expect(message).toContain("drydock-no-such-tool (Debian package one)");
  expect(message).toContain("/nowhere/at/all.h (Debian package two)");
  expect(message).toMatch(/apt-get install one two$/);
});
