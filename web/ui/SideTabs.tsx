/** Where there is room for one pane alone: which of them is shown. */
import type { ReactElement } from "react";
import { Icon, type IconName } from "./Icon";
import "./side-tabs.css";

export interface SideTabsProps<Side extends string> {
  /** The group's name for screen readers. */
  readonly label: string;
  readonly sides: readonly { readonly side: Side; readonly icon: IconName; readonly text: string }[];
  readonly shown: Side;
  readonly onShow: (side: Side) => void;
}

export function SideTabs<Side extends string>(props: SideTabsProps<Side>): ReactElement {
  const { label, sides, shown, onShow } = props;
  return (
    <div className="side-tabs" role="group" aria-label={label}>
      {sides.map(({ side, icon, text }) => (
        <button
          key={side}
          type="button"
          className="side-tab"
          aria-pressed={shown === side}
          onClick={() => onShow(side)}
        >
          <Icon name={icon} size={18} />
          {text}
        </button>
      ))}
    </div>
  );
}
