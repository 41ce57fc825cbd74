/** The tabs over the terminals, and the bar's buttons. */
import type { ReactElement } from "react";
import type { ConsoleId } from "../../contract/protocol";
import { useSpeech } from "../i18n/LanguageContext";
import { Button } from "../ui/Button";
import { Tabs } from "../ui/Tabs";
import { canOpenTab, type TabsState } from "./tabs-state";
import styles from "./TerminalTabs.module.css";

/** The name of these tabs, from which their DOM ids are made. */
export const TABS = "terminal";

export interface TerminalTabsProps {
  readonly tabs: TabsState;
  readonly onShow: (console: ConsoleId) => void;
  readonly onClose: (console: ConsoleId) => void;
  readonly onOpen: () => void;
  readonly onEnter: () => void;
  readonly onSearch: () => void;
}

export function TerminalTabs(props: TerminalTabsProps): ReactElement {
  const { tabs, onShow, onClose, onOpen, onEnter, onSearch } = props;
  const { t, format } = useSpeech();
  const canOpen = canOpenTab(tabs);
  const numberOf = (console: ConsoleId): string => format.count(console + 1);
  return (
    <Tabs
      name={TABS}
      label={t.terminal.tabsLabel}
      tabs={tabs.open.map((id) => ({
        id,
        text: t.terminal.tab(numberOf(id)),
        short: numberOf(id),
        mark: tabs.unread.includes(id) ? t.terminal.unread : undefined,
      }))}
      selected={tabs.active}
      onSelect={onShow}
      onEnter={onEnter}
      closing={
        tabs.open.length > 1
          ? { label: (id) => t.terminal.close(numberOf(id)), hint: t.terminal.closeHint, onClose }
          : undefined
      }
    >
      <Button
        look="quiet"
        size="s"
        icon="plus"
        label={t.terminal.open}
        title={canOpen ? t.terminal.open : t.terminal.full}
        className={styles.action}
        disabled={!canOpen}
        onClick={onOpen}
      />
      <span className={styles.gap} />
      <Button
        look="quiet"
        size="s"
        icon="search"
        label={t.terminal.search}
        title={`${t.terminal.search} (Ctrl+Shift+F)`}
        className={styles.action}
        onClick={onSearch}
      />
    </Tabs>
  );
}
