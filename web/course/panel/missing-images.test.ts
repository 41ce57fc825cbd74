import { expect, it } from "vitest";
import type { Lesson } from "../format/model";
import { missingImagesOf } from "./missing-images";

const lesson = {
  title: "a site",
  steps: [{ body: ["docker run -d my/redis nginx:latest", "mysql-client"] }],
};
const of = (...missing: string[]): string[] => missingImagesOf(lesson as unknown as Lesson, missing);

it("names the images of a lesson that the hub lacks, and no others", () => {
  expect(of("library/nginx", "library/python")).toEqual(["nginx"]);
  expect(of()).toEqual([]);
  // Part of another name is not the name.
  expect(of("library/mysql", "library/redis")).toEqual([]);
  expect(of("my/redis")).toEqual(["my/redis"]);
});
