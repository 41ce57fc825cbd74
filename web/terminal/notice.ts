import type { ImageNotice } from "../../contract/protocol";

/** A short word to the learner about something that just happened in a terminal. */
export type Notice =
  | { readonly kind: "copied" | "copy-failed" | "paste-failed" | "refused-link" }
  | { readonly kind: "guest-link"; readonly address: string }
  | { readonly kind: "input-failed"; readonly message: string }
  | { readonly kind: "image"; readonly image: ImageNotice };
