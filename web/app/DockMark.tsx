import type { ReactElement } from "react";
import styles from "./DockMark.module.css";

/** Drydock's mark: a dock, a crane's hook, and the container that it sets down. */
export function DockMark(props: { readonly size: number }): ReactElement {
  return (
    <svg
      className={styles.mark}
      width={props.size}
      height={props.size}
      viewBox="0 0 32 32"
      aria-hidden="true"
      focusable="false"
    >
      <path className={styles.dock} d="M5 14v9a4.5 4.5 0 0 0 4.5 4.5h13A4.5 4.5 0 0 0 27 23v-9" />
      <path className={styles.crane} d="M6.5 4.5h19M16 4.5v7" />
      <rect className={styles.box} x="10.5" y="13" width="11" height="8.5" rx="1.4" />
    </svg>
  );
}
