/**
 * The picture over the progress: a ship in dock is loaded with containers as the machine is loaded with bytes. It says
 * nothing that the bar below it does not say in words.
 */
import type { ReactElement } from "react";
import { classes } from "../../ui/classes";
import styles from "./DockScene.module.css";

const COLUMNS = 6;
const ROWS = 3;
const BOX = { width: 30, height: 16, gap: 2 } as const;
const FIRST_X = 85;
const FLOOR_Y = 118;
/** The containers' colours take turns. */
const LOADED = [styles.box0, styles.box1, styles.box2];

interface Slot {
  readonly x: number;
  readonly y: number;
}

/** From the bottom row up, each row from the left. */
const SLOTS: readonly Slot[] = Array.from({ length: COLUMNS * ROWS }, (_, index) => ({
  x: FIRST_X + (index % COLUMNS) * (BOX.width + BOX.gap),
  y: FLOOR_Y - (Math.floor(index / COLUMNS) + 1) * (BOX.height + BOX.gap),
}));

export function DockScene({ share }: { readonly share: number }): ReactElement {
  const loaded = Math.floor(share * SLOTS.length);
  const next = SLOTS[Math.min(loaded, SLOTS.length - 1)];
  const trolley = (next?.x ?? FIRST_X) + BOX.width / 2;
  const isFull = loaded >= SLOTS.length;
  return (
    <svg className={styles.scene} viewBox="0 0 360 170" aria-hidden="true" focusable="false">
      <path className={styles.water} d="M30 138h300v18a6 6 0 0 1-6 6H36a6 6 0 0 1-6-6z" />
      <path className={styles.hull} d="M62 120h236l-13 27a8 8 0 0 1-7.2 4.500H93a8 8 0 0 1-6.6-3.500z" />
      {SLOTS.map((slot, index) => (
        <rect
          key={index}
          className={classes(styles.box, index < loaded && LOADED[index % 3])}
          x={slot.x}
          y={slot.y}
          width={BOX.width}
          height={BOX.height}
          rx="2.5"
        />
      ))}
      <path className={styles.dock} d="M14 96h12v58a10 10 0 0 0 10 10h288a10 10 0 0 0 10-10V96h12" />
      <path className={styles.steel} d="M20 90V24M340 90V24M8 24h344M20 46l22-22M340 46l-22-22" />
      <g className={styles.trolley} style={{ transform: `translateX(${trolley}px)` }}>
        <rect className={styles.cab} x="-9" y="19" width="18" height="10" rx="2.5" />
        <path className={styles.rope} d={isFull ? "M0 29v14" : "M-8 44 0 38l8 6M0 29v9"} />
        {isFull ? null : (
          <rect
            className={classes(styles.box, LOADED[loaded % 3])}
            x="-15"
            y="44"
            width="30"
            height="16"
            rx="2.5"
          />
        )}
      </g>
    </svg>
  );
}
