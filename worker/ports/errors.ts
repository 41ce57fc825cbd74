import type { GuestFailure } from "../../contract/guest-request";

/** A request to the guest that has no answer. */
export class GuestHttpError extends Error {
  override readonly name = "GuestHttpError";
  readonly code: GuestFailure;

  constructor(code: GuestFailure, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}
