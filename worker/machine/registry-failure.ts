/** What the page is told of a registry's failure. */
import { messageOf } from "../../contract/errors";
import type { RegistryError, RegistryErrorCode } from "../hub/errors";
import type { RegistryFailure } from "../../contract/protocol";

const KINDS: Partial<Record<RegistryErrorCode, RegistryFailure["kind"]>> = {
  INSUFFICIENT_STORAGE: "full",
  UNAVAILABLE: "unreachable",
};

export function registryFailure(error: RegistryError): RegistryFailure {
  const message = error.cause === undefined ? error.message : messageOf(error.cause);
  return { kind: KINDS[error.code] ?? "internal", message };
}
