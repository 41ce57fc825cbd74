/** The panel of one tab: gives a terminal its place and keeps it fitted. */
import { useEffect, useRef, type ReactElement } from "react";
import { panelAttributes } from "../ui/Tabs";
import type { TerminalSession } from "./terminal-session";
import { TABS } from "./TerminalTabs";
import type { RendererChoice } from "./webgl-renderer";
import styles from "./TerminalView.module.css";

/** While a window's edge is dragged, the terminal follows this much later. */
const FIT_DELAY_MS = 80;

export interface TerminalViewProps {
  readonly session: TerminalSession;
  readonly active: boolean;
  readonly renderer: RendererChoice;
}

export function TerminalView({ session, active, renderer }: TerminalViewProps): ReactElement {
  const host = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    void session.mount(element, renderer);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(() => session.fit(), FIT_DELAY_MS);
    });
    observer.observe(element);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
      session.unmount();
    };
  }, [session, renderer]);

  useEffect(() => {
    // It had no size while it was hidden.
    if (active) session.fit();
  }, [session, active]);

  return (
    <div
      {...panelAttributes(TABS, session.id)}
      data-testid={`terminal-${session.id}`}
      className={styles.panel}
      hidden={!active}
      ref={host}
    />
  );
}
