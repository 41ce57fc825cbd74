/** What the preview's store tells the page. */
import type { GuestFailure } from "../../contract/guest-request";

export type PreviewView =
  | { readonly kind: "empty" }
  | { readonly kind: "page"; readonly status: number }
  | {
      readonly kind: "failed";
      readonly url: string;
      /** `no-frame`: the site does not hand out the frame's file as it should. */
      readonly failure: GuestFailure | "no-frame";
      readonly message: string;
    };

export type PreviewNotice =
  | { readonly kind: "outside"; readonly url: string }
  /** `href` is a blob of bytes without a type: the browser saves it, and never shows it under the app's origin. */
  | { readonly kind: "download"; readonly name: string; readonly href: string };

export interface PreviewSnapshot {
  readonly view: PreviewView;
  /** The address that is on its way. */
  readonly loading: string | undefined;
  /** The address of what is shown or was asked for; empty at first. */
  readonly address: string;
  readonly title: string;
  readonly canGoBack: boolean;
  readonly canGoForward: boolean;
  readonly notice: PreviewNotice | undefined;
}

export const EMPTY_PREVIEW: PreviewSnapshot = {
  view: { kind: "empty" },
  loading: undefined,
  address: "",
  title: "",
  canGoBack: false,
  canGoForward: false,
  notice: undefined,
};
