/** In place of a page that could not be loaded: why, in plain words, and what to do. */
import type { ReactElement } from "react";
import type { Dictionary } from "../../i18n/zh-cn";
import { useSpeech } from "../../i18n/LanguageContext";
import { Button } from "../../ui/Button";
import type { PreviewView } from "../preview-snapshot";
import styles from "./PreviewMessage.module.css";

type Failed = Extract<PreviewView, { kind: "failed" }>;

export interface FailedPageProps {
  readonly failed: Failed;
  readonly busy: boolean;
  readonly onRetry: () => void;
}

export function FailedPage({ failed, busy, onRetry }: FailedPageProps): ReactElement {
  const { t } = useSpeech();
  const { heading, body } = failureText(failed, t);
  return (
    <div className={styles.message} data-testid="preview-failure" data-failure={failed.failure}>
      <h2>{heading}</h2>
      <p>{body}</p>
      {failed.failure === "refused" ? (
        <>
          <p>{t.preview.failures.refused.tip}</p>
          <pre className={styles.command}>docker ps</pre>
        </>
      ) : null}
      <div className={styles.actions}>
        <Button look="primary" busy={busy} onClick={onRetry}>
          {t.actions.retry}
        </Button>
      </div>
      <details className={styles.details}>
        <summary>{t.failures.details}</summary>
        <code>
          {failed.failure} · {failed.url} · {failed.message}
        </code>
      </details>
    </div>
  );
}

function failureText({ failure, url, message }: Failed, t: Dictionary): { heading: string; body: string } {
  const { failures } = t.preview;
  const port = portOf(url);
  switch (failure) {
    case "refused":
      return { heading: failures.refused.heading(port), body: failures.refused.body };
    case "no-answer":
      return { heading: failures.noAnswer.heading(port), body: failures.noAnswer.body };
    case "closed":
      return { heading: failures.closed.heading(port), body: failures.closed.body };
    case "bad-response":
      return { heading: failures.badResponse.heading(port), body: failures.badResponse.body };
    case "too-many-redirects":
      return failures.tooManyRedirects;
    case "outside":
      return {
        heading: failures.outside.heading,
        body: failures.outside.body(message.replace(/^\w+: /u, "")),
      };
    case "bad-request":
      return failures.badRequest;
    case "no-frame":
      return failures.noFrame;
  }
}

function portOf(url: string): string {
  const { port } = new URL(url);
  return port === "" ? "80" : port;
}
