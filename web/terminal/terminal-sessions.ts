/**
 * The page's terminals as an external store: which tabs are open, what is being pasted, what there is to say. A
 * console's terminal is made when its tab is first opened or its first bytes come, and lives as long as the page.
 */
import { Terminal } from "@xterm/xterm";
import type { ConsoleId } from "../../contract/protocol";
import { isRunning, type MachineClient } from "../vm/machine-client";
import { withControl } from "./control-keys";
import type { PasteProgress } from "./input-queue";
import type { Notice } from "./notice";
import { closeTab, FIRST_TAB, markOutput, openTab, showTab, type TabsState } from "./tabs-state";
import { TerminalSession, type TerminalLook } from "./terminal-session";

export interface TerminalsSnapshot {
  readonly tabs: TabsState;
  readonly pastes: Readonly<Partial<Record<ConsoleId, PasteProgress>>>;
  /** A new object each time, so that the same notice twice is seen twice. */
  readonly notice: { readonly notice: Notice } | undefined;
  /** The key bar's Ctrl is held for the next key. */
  readonly control: boolean;
}

export class TerminalSessions {
  readonly #machine: MachineClient;
  readonly #sessions = new Map<ConsoleId, TerminalSession>();
  readonly #listeners = new Set<() => void>();
  #look: TerminalLook;
  #openGuestLink: (address: string) => boolean = () => false;
  #snapshot: TerminalsSnapshot = { tabs: FIRST_TAB, pastes: {}, notice: undefined, control: false };

  constructor(machine: MachineClient, look: TerminalLook) {
    this.#machine = machine;
    this.#look = look;
    machine.attach({
      onBytes: (console, bytes) => {
        this.session(console).output(bytes);
        this.#setTabs(markOutput(this.#snapshot.tabs, console));
      },
      onReset: () => this.#reset(),
    });
    machine.subscribe(() => {
      for (const session of this.#sessions.values()) session.setLive(this.#isLive());
    });
  }

  readonly getSnapshot = (): TerminalsSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  session(console: ConsoleId): TerminalSession {
    const known = this.#sessions.get(console);
    if (known !== undefined) return known;
    const session = new TerminalSession(console, this.#machine.consoles, this.#look, {
      onPasteProgress: (progress) => this.#setPaste(console, progress),
      onNotice: (notice) => {
        if (notice.kind !== "guest-link" || !this.#openGuestLink(notice.address))
          this.#update({ notice: { notice } });
      },
      onType: (text) => this.#withControl(text),
    });
    session.setLive(this.#isLive());
    this.#sessions.set(console, session);
    return session;
  }

  get active(): TerminalSession {
    return this.session(this.#snapshot.tabs.active);
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

  /** Who opens addresses inside the machine, if anybody does: `open` answers whether it has. */
  onGuestLink(open: (address: string) => boolean): () => void {
    this.#openGuestLink = open;
    return () => {
      this.#openGuestLink = () => false;
    };
  }

  open(): void {
    this.#setTabs(openTab(this.#snapshot.tabs));
  }

  show(console: ConsoleId): void {
    this.#setTabs(showTab(this.#snapshot.tabs, console));
  }

  close(console: ConsoleId): void {
    this.#setTabs(closeTab(this.#snapshot.tabs, console));
  }

  toggleControl(): void {
    this.#update({ control: !this.#snapshot.control });
  }

  dismissNotice(): void {
    this.#update({ notice: undefined });
  }

  #isLive(): boolean {
    return isRunning(this.#machine.getSnapshot().status);
  }

  #withControl(text: string): string {
    // Longer texts are an input method's words or the terminal's own answers, not the key that Ctrl is held for.
    if (!this.#snapshot.control || text.length !== 1) return text;
    this.#update({ control: false });
    return withControl(text);
  }

  #reset(): void {
    for (const session of this.#sessions.values()) session.reset();
    this.#update({ tabs: FIRST_TAB, pastes: {}, notice: undefined, control: false });
  }

  #setTabs(tabs: TabsState): void {
    if (tabs !== this.#snapshot.tabs) this.#update({ tabs });
  }

  #setPaste(console: ConsoleId, progress: PasteProgress | undefined): void {
    const { [console]: _previous, ...others } = this.#snapshot.pastes;
    this.#update({ pastes: progress === undefined ? others : { ...others, [console]: progress } });
  }

  #update(change: Partial<TerminalsSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}
