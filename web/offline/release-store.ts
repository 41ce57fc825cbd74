/**
 * The page's release and the one that the site offers, as a store. Nothing is taken unless somebody asks for it: a page
 * goes on with its machine, and the next clean start may be of the new release.
 */
import type { ShellAnswer, ShellFailure, ShellQuestion } from "../../contract/shell";
import { Store } from "../store";

type ReleaseNews =
  | { readonly kind: "none" }
  /** The site has another release. */
  | { readonly kind: "offered"; readonly release: string }
  | { readonly kind: "taking"; readonly bytes: number; readonly total: number }
  | { readonly kind: "failed"; readonly reason: ShellFailure }
  /** The next page is of another release: this one took it, or another tab. */
  | { readonly kind: "taken" };

export interface ReleaseSnapshot {
  readonly news: ReleaseNews;
  /** The release before is still here, because this one has not shown yet that it works. */
  readonly canGoBack: boolean;
}

export type ShellEnd = Exclude<ShellAnswer, { readonly type: "progress" }>;

export interface ReleasePorts {
  /** Asks the service worker; undefined where there is none, or when it keeps silent. */
  ask(
    question: ShellQuestion,
    onProgress?: (bytes: number, total: number) => void,
  ): Promise<ShellEnd | undefined>;
  /** Says to other tabs and to the service worker, as long as this page is open, which release it is of. */
  hold(release: string): void;
  /** Saves what is to be saved of the machine, and loads the page anew. */
  leave(): void;
  /** Whether the machine is saved before the page is left. */
  isKept(): boolean;
}

export class ReleaseStore extends Store<ReleaseSnapshot> {
  readonly #ports: ReleasePorts;
  /** The release that this page is of. */
  #mine: string | undefined;

  constructor(ports: ReleasePorts) {
    super({ news: { kind: "none" }, canGoBack: false });
    this.#ports = ports;
  }

  /** Whether the machine can be opened again when a release was taken. */
  get keepsMachine(): boolean {
    return this.#ports.isKept();
  }

  /** Asks what there is. Never rejects. */
  async look(): Promise<void> {
    const status = await this.#ports.ask({ type: "status" });
    if (status?.type !== "status" || this.getSnapshot().news.kind === "taking") return;
    const { current, offered, previous } = status;
    if (current === undefined) return;
    if (this.#mine === undefined) {
      this.#mine = current;
      this.#ports.hold(current);
    }
    this.update({ canGoBack: previous !== undefined && current === this.#mine });
    if (current !== this.#mine) this.update({ news: { kind: "taken" } });
    else if (offered === undefined) this.update({ news: { kind: "none" } });
    else if (this.getSnapshot().news.kind === "none")
      this.update({ news: { kind: "offered", release: offered } });
  }

  /** Takes the offered release and loads the page anew; a failure is shown, and this page goes on. Never rejects. */
  async take(): Promise<boolean> {
    const { news } = this.getSnapshot();
    if (news.kind === "taking") return false;
    if (news.kind !== "taken") {
      this.update({ news: { kind: "taking", bytes: 0, total: 0 } });
      const end = await this.#ports.ask({ type: "take" }, (bytes, total) =>
        this.update({ news: { kind: "taking", bytes, total } }),
      );
      if (end?.type !== "done") {
        const reason = end?.type === "failed" ? end.reason : "network";
        this.update({ news: { kind: "failed", reason } });
        return false;
      }
      this.update({ news: { kind: "taken" } });
    }
    this.#ports.leave();
    return true;
  }

  /** Back to the release before, by loading the page anew. Never rejects. */
  async back(): Promise<void> {
    const end = await this.#ports.ask({ type: "back" });
    if (end?.type === "done") this.#ports.leave();
    else this.update({ canGoBack: false });
  }

  /**
   * A clean machine: of the new release when there is one and it can be had, else by `inPlace`. Never rejects.
   */
  async cleanStart(inPlace: () => void): Promise<void> {
    const { kind } = this.getSnapshot().news;
    if (kind === "none" || !(await this.take())) inPlace();
  }

  /** This page's machine runs: what went before its release is needed no more. Never rejects. */
  async settle(): Promise<void> {
    if (this.#mine === undefined) return;
    await this.#ports.ask({ type: "settled", release: this.#mine });
    this.update({ canGoBack: false });
  }
}
