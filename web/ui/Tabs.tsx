/**
 * Tabs over panels (the tabs pattern of WAI-ARIA, with Delete to close). The list owns its tabs by reference, because a
 * tab that can be closed has a button beside it, and a list of tabs may contain nothing but tabs.
 */
import type { KeyboardEvent, ReactElement, ReactNode } from "react";
import { classes } from "./classes";
import { Icon, type IconName } from "./Icon";
import styles from "./Tabs.module.css";

export interface Tab<Id extends string | number> {
  readonly id: Id;
  readonly text: string;
  readonly icon?: IconName;
  /** In place of the text where many tabs have little room; the text is still the name. */
  readonly short?: string;
  /** Shows a dot: something happened there. The text is read out. */
  readonly mark?: string;
}

export interface TabsProps<Id extends string | number> {
  /** Begins the DOM ids of tabs and panels; one a page. */
  readonly name: string;
  /** The list's name for screen readers. */
  readonly label: string;
  readonly tabs: readonly Tab<Id>[];
  readonly selected: Id;
  readonly onSelect: (id: Id) => void;
  /** A tab was clicked, or Enter pressed on it: the panel may take the focus. */
  readonly onEnter?: (id: Id) => void;
  /** Undefined: no tab can be closed. */
  readonly closing?: {
    readonly label: (id: Id) => string;
    readonly hint: string;
    readonly onClose: (id: Id) => void;
  };
  /** Buttons in the same bar. */
  readonly children?: ReactNode;
}

export const tabDomId = (name: string, id: string | number): string => `${name}-tab-${id}`;
const panelDomId = (name: string, id: string | number): string => `${name}-panel-${id}`;

/** The attributes that make an element the panel of a tab. */
export function panelAttributes(name: string, id: string | number) {
  return { role: "tabpanel", id: panelDomId(name, id), "aria-labelledby": tabDomId(name, id) } as const;
}

export function Tabs<Id extends string | number>(props: TabsProps<Id>): ReactElement {
  const { name, label, tabs, selected, onSelect, onEnter, closing, children } = props;

  const handleKey = (event: KeyboardEvent, index: number): void => {
    const to = tabAfterKey(event.key, index, tabs.length);
    const tab = tabs[to ?? index];
    if (tab === undefined) return;
    if (to !== undefined) {
      onSelect(tab.id);
      document.getElementById(tabDomId(name, tab.id))?.focus();
    } else if (event.key === "Delete" && closing !== undefined) closing.onClose(tab.id);
    else return;
    event.preventDefault();
  };

  return (
    <div className={styles.bar}>
      <div role="tablist" aria-label={label} aria-owns={tabs.map(({ id }) => tabDomId(name, id)).join(" ")} />
      {tabs.map(({ id, text, icon, short, mark }, index) => {
        const isSelected = id === selected;
        return (
          <div key={id} className={classes(styles.tab, isSelected && styles.selected)}>
            <button
              type="button"
              role="tab"
              id={tabDomId(name, id)}
              className={styles.button}
              aria-selected={isSelected}
              aria-controls={isSelected ? panelDomId(name, id) : undefined}
              tabIndex={isSelected ? 0 : -1}
              onClick={() => {
                onSelect(id);
                onEnter?.(id);
              }}
              onKeyDown={(event) => handleKey(event, index)}
            >
              {icon === undefined ? null : <Icon name={icon} size={18} />}
              <span className={short === undefined ? undefined : styles.long}>{text}</span>
              {short === undefined ? null : (
                <span className={styles.short} aria-hidden="true">
                  {short}
                </span>
              )}
              {mark === undefined ? null : (
                <span className={styles.mark}>
                  <span className="visually-hidden">{mark}</span>
                </span>
              )}
            </button>
            {closing === undefined ? null : (
              <button
                type="button"
                className={styles.close}
                tabIndex={isSelected ? 0 : -1}
                aria-label={closing.label(id)}
                title={closing.hint}
                onClick={() => closing.onClose(id)}
              >
                <Icon name="close" size={14} />
              </button>
            )}
          </div>
        );
      })}
      {children}
    </div>
  );
}

/** The index of the tab that a key moves to, wrapping at both ends; undefined for other keys. */
export function tabAfterKey(key: string, index: number, count: number): number | undefined {
  if (key === "ArrowLeft") return (index - 1 + count) % count;
  if (key === "ArrowRight") return (index + 1) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return undefined;
}
