import { describe, expect, it } from "vitest";
import { serveSite } from "./serve";

describe("serveSite", () => {
  it.each([0, -1, 65536, 1.5, NaN, Infinity])("refuses %d for a port", async (port) => {
    await expect(serveSite({ port })).rejects.toThrow(`${port} is not a port`);
  });
});
