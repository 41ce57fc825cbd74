/**
 * The page's terminals as an external store: which tabs are open, what is being pasted, what there is to say. A
 * console's terminal is made when its tab is first opened or its first bytes come, and lives as long as the page.
 */
import { Terminal } from "@xterm/xterm";
import type { ConsoleId, ImageNotice } from "../../contract/protocol";
import { Store, type StoreView } from "../store";
import { isRunning, type MachineClient, type MachineSnapshot } from "../vm/machine-client";
import { withControl } from "./control-keys";
import type { PasteProgress } from "./input-queue";
import type { Notice } from "./notice";
import { closeTab, FIRST_TAB, markOutput, openTab, showTab, type TabsState } from "./tabs-state";
import type { KeptTerminal, KeptTerminals } from "./kept-terminals";
import { TerminalSession, type TerminalLook } from "./terminal-session";

export interface TerminalsSnapshot {
  readonly tabs: TabsState;
  readonly pastes: Readonly<Partial<Record<ConsoleId, PasteProgress>>>;
  /** A new object each time, so that the same notice twice is seen twice. */
  readonly notice: { readonly notice: Notice } | undefined;
  /** The key bar's Ctrl is held for the next key. */
  readonly control: boolean;
}

export interface FollowShells {
  /** A command was typed there and begins. */
  onCommand?(console: ConsoleId, text: string): void;
  /** The shell there waits for the next one. */
  onPrompt(console: ConsoleId): void;
}

/** The part of the machine that the terminals need. */
export type TerminalMachine = Pick<MachineClient, "attach" | "consoles" | "onImageNotice"> &
  StoreView<Pick<MachineSnapshot, "status">>;

const FRESH: TerminalsSnapshot = { tabs: FIRST_TAB, pastes: {}, notice: undefined, control: false };

export class TerminalSessions extends Store<TerminalsSnapshot> {
  readonly #machine: TerminalMachine;
  readonly #sessions = new Map<ConsoleId, TerminalSession>();
  /** What the learner was told of images, in this page's life. */
  readonly #told = new Set<string>();
  #look: TerminalLook;
  #openGuestLink: (address: string) => boolean = () => false;
  readonly #shells = new Set<FollowShells>();

  /** `readPlace` finds the terminals in what the page was at; undefined when there is nothing of them. */
  constructor(
    machine: TerminalMachine,
    look: TerminalLook,
    readPlace: (place: string | undefined) => KeptTerminals | undefined,
  ) {
    super(FRESH);
    this.#machine = machine;
    this.#look = look;
    machine.attach({
      onBytes: (console, bytes) => {
        const session = this.session(console);
        // What was seen before it was kept is no news.
        const isNews = !session.isRestoring;
        session.output(bytes);
        if (isNews) this.#setTabs(markOutput(this.getSnapshot().tabs, console));
      },
      onReset: () => this.#reset(),
      onRestore: (place) => this.#restore(readPlace(place)),
    });
    machine.onImageNotice((image) => this.#tellOnce(image));
    machine.subscribe(() => {
      for (const session of this.#sessions.values()) session.setLive(this.#isLive());
    });
  }

  session(console: ConsoleId): TerminalSession {
    const known = this.#sessions.get(console);
    if (known !== undefined) return known;
    const session = new TerminalSession(console, this.#machine.consoles, this.#look, {
      onPasteProgress: (progress) => this.#setPaste(console, progress),
      onNotice: (notice) => {
        if (notice.kind !== "guest-link" || !this.#openGuestLink(notice.address))
          this.update({ notice: { notice } });
      },
      onType: (text) => this.#withControl(text),
      onCommand: (text) => {
        for (const shell of this.#shells) shell.onCommand?.(console, text);
      },
      onPrompt: () => {
        for (const shell of this.#shells) shell.onPrompt(console);
      },
    });
    session.setLive(this.#isLive());
    this.#sessions.set(console, session);
    return session;
  }

  get active(): TerminalSession {
    return this.session(this.getSnapshot().tabs.active);
  }

  setLook(look: TerminalLook): void {
    this.#look = look;
    for (const session of this.#sessions.values()) session.setLook(look);
  }

  /** The texts that xterm.js itself speaks to screen readers. */
  setStrings(strings: { readonly promptLabel: string; readonly tooMuchOutput: string }): void {
    Terminal.strings.promptLabel = strings.promptLabel;
    Terminal.strings.tooMuchOutput = strings.tooMuchOutput;
    for (const session of this.#sessions.values()) session.setInputLabel(strings.promptLabel);
  }

  /** Sets what opens addresses inside the machine. `open` returns whether it did. */
  onGuestLink(open: (address: string) => boolean): () => void {
    this.#openGuestLink = open;
    return () => {
      this.#openGuestLink = () => false;
    };
  }

  /** Follows what is typed at the shells' prompts. */
  onShell(follow: FollowShells): () => void {
    this.#shells.add(follow);
    return () => this.#shells.delete(follow);
  }

  /** What the terminals show at this point of the consoles' output, and the text of the one in front. */
  async keep(): Promise<{
    readonly tabs: KeptTerminals["tabs"];
    readonly terminals: readonly KeptTerminal[];
    readonly text: string;
  }> {
    const { open, active } = this.getSnapshot().tabs;
    const terminals = await Promise.all([...this.#sessions.values()].map((session) => session.keep()));
    return { tabs: { open, active }, terminals, text: this.active.text };
  }

  /** All that was kept of the terminals has come. */
  settle(): void {
    for (const session of this.#sessions.values()) session.settle();
  }

  open(): void {
    this.#setTabs(openTab(this.getSnapshot().tabs));
  }

  show(console: ConsoleId): void {
    this.#setTabs(showTab(this.getSnapshot().tabs, console));
  }

  close(console: ConsoleId): void {
    this.#setTabs(closeTab(this.getSnapshot().tabs, console));
  }

  toggleControl(): void {
    this.update({ control: !this.getSnapshot().control });
  }

  dismissNotice(): void {
    this.update({ notice: undefined });
  }

  /** Docker asks for the same image several times in one pull, and a learner pulls it again: one word is enough. */
  #tellOnce(image: ImageNotice): void {
    const what = JSON.stringify(image);
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.update({ notice: { notice: { kind: "image", image } } });
  }

  #isLive(): boolean {
    return isRunning(this.#machine.getSnapshot().status);
  }

  #withControl(text: string): string {
    // Longer texts are an input method's words or the terminal's own answers, not the key that Ctrl is held for.
    if (!this.getSnapshot().control || text.length !== 1) return text;
    this.update({ control: false });
    return withControl(text);
  }

  #restore(kept: KeptTerminals | undefined): void {
    this.#reset();
    if (kept === undefined) return;
    this.#setTabs({ ...kept.tabs, unread: [] });
    for (const frame of kept.frames) this.session(frame.console).restore(frame);
  }

  #reset(): void {
    for (const session of this.#sessions.values()) session.reset();
    this.update(FRESH);
  }

  #setTabs(tabs: TabsState): void {
    this.update({ tabs });
  }

  #setPaste(console: ConsoleId, progress: PasteProgress | undefined): void {
    const { [console]: _previous, ...others } = this.getSnapshot().pastes;
    this.update({ pastes: progress === undefined ? others : { ...others, [console]: progress } });
  }
}
