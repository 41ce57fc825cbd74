/**
 * The tabs over the terminals (the tabs pattern of WAI-ARIA, with Delete to close). The list owns its tabs by
 * reference, because each tab has a button beside it, and a list of tabs may contain nothing but tabs.
 */
import type { KeyboardEvent, ReactElement } from "react";
import type { ConsoleId } from "../../contract/protocol";
import { useSpeech } from "../i18n/LanguageContext";
import { Icon } from "../ui/Icon";
import { canOpenTab, neighbourTab, type TabsState } from "./tabs-state";
import { panelDomId, tabDomId } from "./tab-ids";

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

  const show = (console: ConsoleId): void => {
    onShow(console);
    document.getElementById(tabDomId(console))?.focus();
  };

  const handleKey = (event: KeyboardEvent, console: ConsoleId): void => {
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => show(neighbourTab(tabs, -1)),
      ArrowRight: () => show(neighbourTab(tabs, 1)),
      Home: () => show(tabs.open[0] ?? console),
      End: () => show(tabs.open.at(-1) ?? console),
      Delete: () => onClose(console),
      Enter: () => onEnter(),
    };
    const action = keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  return (
    <div className="tabs">
      <div role="tablist" aria-label={t.terminal.tabsLabel} aria-owns={tabs.open.map(tabDomId).join(" ")} />
      {tabs.open.map((console) => {
        const number = format.count(console + 1);
        const selected = console === tabs.active;
        const unread = tabs.unread.includes(console);
        return (
          <div key={console} className={selected ? "tab tab--selected" : "tab"}>
            <button
              type="button"
              role="tab"
              id={tabDomId(console)}
              className="tab__button"
              aria-selected={selected}
              aria-controls={selected ? panelDomId(console) : undefined}
              tabIndex={selected ? 0 : -1}
              onClick={() => {
                onShow(console);
                onEnter();
              }}
              onKeyDown={(event) => handleKey(event, console)}
            >
              <span className="tab__long">{t.terminal.tab(number)}</span>
              <span className="tab__short" aria-hidden="true">
                {number}
              </span>
              {unread ? (
                <span className="tab__unread">
                  <span className="visually-hidden">{t.terminal.unread}</span>
                </span>
              ) : null}
            </button>
            {tabs.open.length > 1 ? (
              <button
                type="button"
                className="tab__close"
                tabIndex={selected ? 0 : -1}
                aria-label={t.terminal.close(number)}
                title={t.terminal.closeHint}
                onClick={() => onClose(console)}
              >
                <Icon name="close" size={14} />
              </button>
            ) : null}
          </div>
        );
      })}
      <button
        type="button"
        className="icon-button tabs__action"
        aria-label={t.terminal.open}
        title={canOpen ? t.terminal.open : t.terminal.full}
        disabled={!canOpen}
        onClick={onOpen}
      >
        <Icon name="plus" size={18} />
      </button>
      <span className="tabs__gap" />
      <button
        type="button"
        className="icon-button tabs__action"
        aria-label={t.terminal.search}
        title={`${t.terminal.search} (Ctrl+Shift+F)`}
        onClick={onSearch}
      >
        <Icon name="search" size={18} />
      </button>
    </div>
  );
}
