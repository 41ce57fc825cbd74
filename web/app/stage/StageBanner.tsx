/** Over the terminals: something failed, what it means, and what can be done. */
import type { ReactElement, ReactNode } from "react";
import { Card } from "../../ui/Card";
import styles from "./StageBanner.module.css";

export interface StageBannerProps {
  readonly testId: string;
  readonly heading: string;
  readonly text: string;
  /** For a report: what it was about. */
  readonly subject: ReactNode;
  /** The buttons. */
  readonly children: ReactNode;
}

export function StageBanner({ testId, heading, text, subject, children }: StageBannerProps): ReactElement {
  return (
    <Card tone="signal" raised icon="alert" className={styles.banner} role="alert" data-testid={testId}>
      <div className={styles.text}>
        <strong>{heading}</strong>
        <span>{text}</span>
        <span className={styles.subject}>{subject}</span>
      </div>
      {children}
    </Card>
  );
}
