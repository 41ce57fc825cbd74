/** Chooses which pane is shown where there is room for only one. */
import type { ReactElement } from "react";
import { Button } from "./Button";
import { classes } from "./classes";
import type { IconName } from "./Icon";
import styles from "./SideTabs.module.css";

export interface SideTabsProps<Side extends string> {
  /** The group's name for screen readers. */
  readonly label: string;
  readonly sides: readonly { readonly side: Side; readonly icon: IconName; readonly text: string }[];
  readonly shown: Side;
  readonly onShow: (side: Side) => void;
  readonly className?: string | undefined;
}

export function SideTabs<Side extends string>(props: SideTabsProps<Side>): ReactElement {
  const { label, sides, shown, onShow, className } = props;
  return (
    <div className={classes(styles.tabs, className)} role="group" aria-label={label}>
      {sides.map(({ side, icon, text }) => (
        <Button
          key={side}
          look="quiet"
          className={styles.tab}
          icon={icon}
          pressed={shown === side}
          onClick={() => onShow(side)}
        >
          {text}
        </Button>
      ))}
    </div>
  );
}
