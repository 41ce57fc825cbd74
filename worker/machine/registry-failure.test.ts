import { expect, it } from "vitest";
import { RegistryError, StorageFullError, toRegistryError } from "../hub/errors";
import { registryFailure } from "./registry-failure";

it("says what a full storage lacks", () => {
  const error = toRegistryError(new StorageFullError("100 bytes do not fit"));
  expect(registryFailure(error)).toEqual({ kind: "full", message: "100 bytes do not fit" });
});

it("tells a layer that cannot be fetched from a fault of our own", () => {
  const cause = new Error("the network is away");
  expect(registryFailure(new RegistryError("UNAVAILABLE", { cause }))).toEqual({
    kind: "unreachable",
    message: "the network is away",
  });
  expect(registryFailure(new RegistryError("UNKNOWN")).kind).toBe("internal");
});
