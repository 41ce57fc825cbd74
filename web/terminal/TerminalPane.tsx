/** The terminals as one pane: tabs, search, the terminals themselves, and what floats over them. */
import { useCallback, useEffect, useEffectEvent, useState, type ReactElement, type ReactNode } from "react";
import { useSpeech } from "../i18n/LanguageContext";
import { useSnapshot } from "../store";
import { tabDomId } from "../ui/Tabs";
import { KeyBar } from "./KeyBar";
import { NoticeLine } from "./NoticeLine";
import { LARGE_PASTE_BYTES, PasteMeter } from "./PasteMeter";
import { SearchBar } from "./SearchBar";
import { paneAction } from "./shortcuts";
import type { TerminalLook } from "./terminal-session";
import type { TerminalSessions } from "./terminal-sessions";
import { TABS, TerminalTabs } from "./TerminalTabs";
import { TerminalView } from "./TerminalView";
import type { RendererChoice } from "./webgl-renderer";
import "@xterm/xterm/css/xterm.css";
import styles from "./TerminalPane.module.css";

export interface TerminalPaneProps {
  readonly look: TerminalLook;
  readonly renderer: RendererChoice;
  /** Shown over the terminals: a pause, a fault. */
  readonly overlay: ReactNode;
  /** The machine is stopped, and the overlay says why. */
  readonly held: boolean;
  /** Opens an address inside the machine; false when the app has no way to. */
  readonly onGuestLink: (address: string) => boolean;
}

export function TerminalPane(
  props: TerminalPaneProps & { readonly sessions: TerminalSessions },
): ReactElement {
  const { sessions, look, renderer, overlay, held, onGuestLink } = props;
  const { t } = useSpeech();
  const { tabs, pastes, notice, control } = useSnapshot(sessions);
  const [searching, setSearching] = useState(false);
  const { scheme, fontSize, screenReader } = look;

  useEffect(
    () => sessions.setLook({ scheme, fontSize, screenReader }),
    [sessions, scheme, fontSize, screenReader],
  );
  const { inputLabel, tooMuchOutput } = t.terminal;
  useEffect(
    () => sessions.setStrings({ promptLabel: inputLabel, tooMuchOutput }),
    [sessions, inputLabel, tooMuchOutput],
  );

  const openGuestLink = useEffectEvent(onGuestLink);
  useEffect(() => sessions.onGuestLink((address) => openGuestLink(address)), [sessions]);

  const enter = useCallback(() => {
    // After the tab has been shown: a hidden terminal cannot have the focus.
    requestAnimationFrame(() => sessions.active.focus());
  }, [sessions]);

  useEffect(() => {
    // Not on touch screens: the keyboard would cover half of the page unasked.
    if (!held && document.activeElement === document.body && matchMedia("(pointer: fine)").matches) enter();
  }, [enter, held]);

  const handleKey = useEffectEvent((event: KeyboardEvent) => {
    if (document.querySelector("dialog[open]") !== null) return;
    const action = paneAction(event);
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    switch (action.kind) {
      case "search":
        setSearching(true);
        return;
      case "show":
        sessions.show(action.console);
        enter();
        return;
      case "leave":
        document.getElementById(tabDomId(TABS, tabs.active))?.focus();
    }
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => handleKey(event);
    window.addEventListener("keydown", listener, { capture: true });
    return () => window.removeEventListener("keydown", listener, { capture: true });
  }, []);

  const dismiss = useCallback(() => sessions.dismissNotice(), [sessions]);
  const paste = pastes[tabs.active];

  return (
    <div className={styles.pane}>
      <TerminalTabs
        tabs={tabs}
        onShow={(console) => sessions.show(console)}
        onOpen={() => {
          sessions.open();
          enter();
        }}
        onClose={(console) => {
          sessions.close(console);
          enter();
        }}
        onEnter={enter}
        onSearch={() => setSearching(true)}
      />
      <div className={styles.stage}>
        {tabs.open.map((console) => (
          <TerminalView
            key={console}
            session={sessions.session(console)}
            active={console === tabs.active}
            renderer={renderer}
          />
        ))}
        {searching ? (
          <SearchBar
            key={tabs.active}
            session={sessions.active}
            onClose={() => {
              setSearching(false);
              enter();
            }}
          />
        ) : null}
        <div className={styles.floats}>
          {paste !== undefined && paste.total >= LARGE_PASTE_BYTES ? (
            <PasteMeter progress={paste} onCancel={() => sessions.active.cancelPaste()} />
          ) : null}
          <div role="status">
            {notice === undefined ? null : <NoticeLine notice={notice.notice} onDismiss={dismiss} />}
          </div>
        </div>
        {overlay}
      </div>
      <KeyBar
        control={control}
        onKey={(key) => sessions.active.press(key)}
        onControl={() => sessions.toggleControl()}
        onPaste={() => void sessions.active.clipboard.readAndPaste()}
      />
    </div>
  );
}
