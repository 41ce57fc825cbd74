import { expect, it } from "vitest";
import type { PublishedPort } from "../../../contract/protocol";
import { deskShape } from "./use-desk-shape";
import { findNews } from "./use-preview-desk";

const at = (port: number): PublishedPort => ({ port, containerPort: 80, container: "web", image: "nginx" });

it("news is of a port that was not there, as long as it is there", () => {
  expect(findNews([], [at(80)], undefined)?.port).toBe(80);
  expect(findNews([at(80)], [at(80), at(81)], at(80))?.port).toBe(81);
  expect(findNews([at(80), at(81)], [at(80)], at(80))?.port).toBe(80);
  expect(findNews([at(80)], [], at(80))).toBeUndefined();
  expect(findNews([at(80)], [at(80)], undefined)).toBeUndefined();
});

it("a desk has two panes where there is room for two", () => {
  expect(deskShape(1200, 1280)).toBe("row");
  expect(deskShape(700, 1280)).toBe("column");
  expect(deskShape(390, 390)).toBe("tabs");
});
