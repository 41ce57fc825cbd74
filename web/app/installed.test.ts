import { expect, it } from "vitest";
import { askedToOpen } from "./installed";

it.each([
  ["?open=course", "course"],
  ["?renderer=dom&open=offline", "offline"],
  ["", undefined],
  ["?open=", undefined],
  ["?open=settings", undefined],
])("a shortcut's address %j asks to open %j", (search, what) => {
  expect(askedToOpen(search)).toBe(what);
});
