/** Over the terminals: something failed, what it means, and what can be done. */
import type { ReactElement, ReactNode } from "react";
import { Card } from "../../ui/Card";
import styles from "./StageBanner.module.css";

export interface StageBannerProps {
  readonly testId: string;
  /** Which of several things it says, for tests. */
  readonly kind?: string;
  readonly heading: string;
  readonly text: string;
  /** For a report: what it was about. */
  readonly subject?: ReactNode;
  /** The buttons. */
  readonly children: ReactNode;
}

export function StageBanner(props: StageBannerProps): ReactElement {
  const { testId, kind, heading, text, subject, children } = props;
  return (
    <Card
      tone="signal"
      raised
      icon="alert"
      className={styles.banner}
      role="alert"
      data-testid={testId}
      data-kind={kind}
    >
      <div className={styles.text}>
        <strong>{heading}</strong>
        <span>{text}</span>
        {subject === undefined ? null : <span className={styles.subject}>{subject}</span>}
      </div>
      {children}
    </Card>
  );
}
