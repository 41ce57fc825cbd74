import { expect, it } from "vitest";
import { containerPath, containersPath, imagePath, networkPath, pastEventsPath, volumePath } from "./paths";

it("escapes what names could smuggle in, and leaves an image its slashes", () => {
  const bad = "../images?x=\r\n";
  expect(containerPath(bad, "logs")).toBe("/containers/..%2Fimages%3Fx%3D%0D%0A/logs");
  expect(volumePath(bad)).toBe("/volumes/..%2Fimages%3Fx%3D%0D%0A");
  expect(networkPath(bad)).toBe("/networks/..%2Fimages%3Fx%3D%0D%0A");
  expect(imagePath("a/b:1 c", "history")).toBe("/images/a/b%3A1%20c/history");
});

it("writes filters as JSON and times in seconds", () => {
  expect(containersPath()).toBe("/containers/json?all=true");
  expect(decodeURIComponent(containersPath({ status: ["running", "paused"] }))).toBe(
    '/containers/json?all=true&filters={"status":["running","paused"]}',
  );
  expect(decodeURIComponent(pastEventsPath(5000, 1_767_225_660_000, { type: ["image"] }))).toBe(
    '/events?since=5.000&until=1767225660.000&filters={"type":["image"]}',
  );
});
